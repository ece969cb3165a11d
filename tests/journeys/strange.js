// A server with strange data: 300 flavors, names of 200 characters, right-to-left text and
// emoji, values from 1e-12 to 1e12. Pictures and checks of pages use it.
import { api } from "./room.js";
import { start } from "./servers.js";

const long = "x".repeat(180);
const names = {
  long: `A-site-with-a-name-of-200-characters-${long}`.slice(0, 200),
  words: "The Computing Centre of the University of a Place with a Name of Many Words ".repeat(3).slice(0, 199).trim(),
  arabic: "مركز الحوسبة العلمية في الجامعة",
  hebrew: "מרכז מחשוב 12 (ניסוי)",
  emoji: "🚀 Rocket ☁️ Cloud 👩‍🔬",
};

async function benchmark(base, image, { json_schema, metrics, ...more }) {
  const made = await api(base, "POST", "/benchmarks", {
    as: "admin", body: { docker_image: image, docker_tag: "1", description: "", url: "https://example.org", json_schema, ...more },
  });
  await api(base, "POST", `/benchmarks/${made.id}:approve`, { as: "admin" });
  await api(base, "PUT", `/benchmarks/${made.id}/metrics`, { as: "admin", body: { metrics } });
  return made;
}

async function site(base, name, description = "") {
  const made = await api(base, "POST", "/sites", { as: "admin", body: { name, address: name, description } });
  await api(base, "POST", `/sites/${made.id}:approve`, { as: "admin" });
  return made;
}

async function flavor(base, at, name, description = "") {
  const made = await api(base, "POST", `/sites/${at.id}/flavors`, { as: "admin", body: { name, description } });
  await api(base, "POST", `/flavors/${made.id}:approve`, { as: "admin" });
  return made;
}

async function send(base, results) {
  for (let i = 0; i < results.length; i += 100) {
    await api(base, "POST", "/results:batch", { as: "alice", body: results.slice(i, i + 100) });
  }
}

const result = (made, on, json, day = 1) => ({
  execution_datetime: `2026-01-${String(day).padStart(2, "0")}T10:00:00Z`, benchmark_id: made.id, flavor_id: on.id, json,
});

async function fill(base) {
  const schema = {
    type: "object", required: ["value"],
    properties: { value: { type: "number" }, cores: { type: "integer" }, cpu: { type: "string" } },
  };
  const metric = { path: "value", name: "time", unit: "s", better: "lower", resource: "cores", label: "cpu", default: true };
  const many = await benchmark(base, "strange/many", { json_schema: schema, metrics: [metric] });
  const wide = await benchmark(base, `strange/${"long-name-".repeat(12)}end`, {
    json_schema: schema, description: `${names.words} ${names.arabic} ${names.emoji}`,
    metrics: [{ ...metric, name: "A value with a name that is very long indeed", unit: "kg·m²/s³ per hour" }],
  });
  const sites = [];
  for (const name of Object.values(names)) sites.push(await site(base, name, name.repeat(2)));
  const all = [];
  const results = [];
  for (let i = 0; i < 300; i++) {
    const at = sites[i % sites.length];
    const name = i < sites.length ? at.name : `${at.name.slice(0, 12)}-flavor-${i}`;
    const made = await flavor(base, at, name, i % 7 ? "" : names.words);
    all.push(made);
    const cpu = i % 3 ? `Processor ${i % 12} ${names.emoji}` : `${names.words} ${i % 4}`;
    results.push(result(many, made, { value: 10 ** (i / 12.5 - 12) * 1.2345, cores: 2 ** (i % 6), cpu }, 1 + i % 28));
  }
  for (let i = 0; i < 60; i++) {
    results.push(result(wide, all[i % 5], { value: (1 + i % 5) * 1e11 * (1 + (i * 7 % 11) / 50), cores: 8, cpu: names.arabic }, 1 + i % 28));
  }
  await send(base, results);
}

let running;

// strange is the server, filled once.
export const strange = () => (running ??= start({ DEMO: "", QUOTA_UPLOADS: "0", RATE_WRITES: "off", QUOTA_OPEN_SUBMISSIONS: "0" }).then(async (one) => {
  await fill(one.base);
  return one;
}));

// strangePages are pages with what is most difficult to show.
export async function strangePages(base) {
  const [many, wide] = await Promise.all(["many", "end"].map(async (end) => {
    const { items } = await api(base, "GET", "/benchmarks?per_page=100");
    return items.find((b) => b.docker_image.startsWith("strange/") && b.docker_image.endsWith(end));
  }));
  const { items: sites } = await api(base, "GET", "/sites?per_page=100");
  const { items: results } = await api(base, "GET", `/results?benchmark_id=${wide.id}&per_page=100`);
  const at = (key) => sites.find((s) => s.name === names[key]);
  const question = (b) => `compare?benchmark=${b.id}`;
  return [
    ["strange-front", ""],
    ["strange-many", question(many)], ["strange-many-plot", `${question(many)}&view=plot`],
    ["strange-many-spread", `${question(many)}&view=spread`], ["strange-many-trend", `${question(many)}&view=trend`],
    ["strange-many-sites", `${question(many)}&by=site`],
    ["strange-choose", `choose?benchmark=${many.id}&for=compare&of=site`], ["strange-choose-base", `choose?benchmark=${many.id}&for=compare&of=base`],
    ["strange-wide", question(wide)], ["strange-wide-plot", `${question(wide)}&view=plot&x=run`],
    ["strange-wide-spread", `${question(wide)}&view=spread`], ["strange-wide-trend", `${question(wide)}&view=trend`],
    ["strange-results", "results"], ["strange-results-many", `results?benchmark=${many.id}`],
    ["strange-result", `results/${results[0].id}`], ["strange-benchmark", `benchmarks/${wide.id}`],
    ["strange-sites", "sites"], ["strange-benchmarks", "benchmarks"],
    ...["long", "words", "arabic", "emoji"].map((key) => [`strange-site-${key}`, `sites/${at(key).id}`]),
    ["strange-flavor", `flavors/${results[0].flavor.id}`], ["strange-claim", `results/${results[0].id}/claim`],
  ];
}
