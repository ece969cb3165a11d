// Journeys 24 to 30: many groups, and plots.
import assert from "node:assert/strict";
import { api, cRay, journey, plain } from "./room.js";
import { csv, taken } from "./files.js";

const plot = `compare?benchmark=${cRay}&view=plot`;
const marks = (person) => person.page.locator('.plot use[href^="#m"]');

journey(24, "of 310 groups a page shows 50, and the CSV has all", "", { on: "changed" }, async (person) => {
  const { base } = person;
  const schema = { type: "object", required: ["seconds"], properties: { seconds: { type: "number" }, n: { type: "integer" } } };
  const benchmark = await api(base, "POST", "/benchmarks", {
    as: "admin", body: { docker_image: "test/many", docker_tag: "1", description: "Many", json_schema: schema, url: "https://example.org" },
  });
  await api(base, "POST", `/benchmarks/${benchmark.id}:approve`, { as: "admin" });
  await api(base, "PUT", `/benchmarks/${benchmark.id}/metrics`, {
    as: "admin", body: { metrics: [{ path: "seconds", name: "time", unit: "s", better: "lower", default: true }] },
  });
  const sites = await api(base, "GET", "/sites?name=IFCA-LCG2");
  const { items: [flavor] } = await api(base, "GET", `/sites/${sites.items[0].id}/flavors?per_page=1`);
  const items = Array.from({ length: 310 }, (_, i) => ({
    execution_datetime: "2026-01-05T10:00:00Z", benchmark_id: benchmark.id, flavor_id: flavor.id, json: { seconds: 10 + i, n: i },
  }));
  for (let i = 0; i < items.length; i += 100) {
    await api(base, "POST", "/results:batch", { as: "alice", body: items.slice(i, i + 100) });
  }
  await person.open("compare?benchmark=test/many:1&by=json.n");
  assert.equal((await person.rows("table.ranking")).length, 50);
  await person.says(/50 of 310/);
  const { text } = await taken(base, "compare.csv?benchmark=test/many:1&by=json.n");
  assert.equal(csv(text).length, 311);
});

journey(25, "the marks of a plot are those of its table", "n", {}, async (person) => {
  await person.open(plot);
  const links = await person.page.locator(".plot a").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
  const rows = await person.page.locator("main table a").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
  assert.ok(links.length > 20, `${links.length} marks are links`);
  assert.deepEqual([...new Set(links)].sort(), [...new Set(rows.filter((href) => links.includes(href)))].sort());
  assert.equal(await marks(person).count(), (await person.rows("main table")).length);
});

journey(26, "a mark is reached and opened", "k", {}, async (person) => {
  await person.open(plot);
  const mark = person.page.locator(".plot a").first();
  const title = plain(await mark.locator("title").textContent());
  if (person.keyboard) {
    await person.reach(mark);
    await person.page.keyboard.press("Enter");
  } else {
    await mark.locator("use").last().click({ force: true });
  }
  await person.page.waitForURL(/\/ui\/(results|flavors|compare)/);
  assert.ok(title.length > 10, title);
  await person.page.waitForURL(/\/ui\/(results|flavors)\//);
});

journey(27, "texts lie along x", "n", {}, async (person) => {
  await person.open(`${plot}&x=json.machine.cpu.brand_raw`);
  const texts = await person.page.locator(".plot text").allTextContents();
  assert.ok(texts.some((text) => text.startsWith("AMD EPYC")), texts.join(" | "));
  assert.ok(await marks(person).count() >= 20);
});

journey(28, "days lie along x", "n", {}, async (person) => {
  await person.open(plot);
  const address = await person.page.locator("select[name=x] option", { hasText: /day/ }).getAttribute("value");
  await person.open(`${plot}&x=${address}`);
  const texts = await person.page.locator(".plot text").allTextContents();
  assert.ok(texts.some((text) => /^20\d\d(-\d\d)*$/.test(text)), texts.join(" | "));
});

journey(29, "results without the value of x are counted", "n", { on: "changed" }, async (person) => {
  const { base } = person;
  const tag = person.variant || "1";
  const sites = await api(base, "GET", "/sites?name=IFCA-LCG2");
  const { items: [flavor] } = await api(base, "GET", `/sites/${sites.items[0].id}/flavors?per_page=1`);
  const schema = { type: "object", required: ["seconds"], properties: { seconds: { type: "number" }, size: { type: "number" } } };
  const benchmark = await api(base, "POST", "/benchmarks", {
    as: "admin", body: { docker_image: "test/some", docker_tag: tag, description: "Some", json_schema: schema, url: "https://example.org" },
  });
  await api(base, "POST", `/benchmarks/${benchmark.id}:approve`, { as: "admin" });
  await api(base, "PUT", `/benchmarks/${benchmark.id}/metrics`, {
    as: "admin", body: { metrics: [{ path: "seconds", name: "time", unit: "s", better: "lower", default: true }] },
  });
  const json = [{ seconds: 1, size: 1 }, { seconds: 2, size: 2 }, { seconds: 3 }];
  await api(base, "POST", "/results:batch", {
    as: "alice",
    body: json.map((json, i) => ({ execution_datetime: `2026-01-0${i + 1}T10:00:00Z`, benchmark_id: benchmark.id, flavor_id: flavor.id, json })),
  });
  await person.open(`compare?benchmark=test/some:${tag}&view=plot&x=json.size`);
  await person.says(/\b1 (of|result)/);
  await person.says(/size/);
  assert.equal(await marks(person).count(), 2);
});

journey(30, "pointing at a site in the key makes the others faint", "k", {}, async (person) => {
  await person.open(plot);
  const site = person.page.getByRole("list", { name: "Key" }).getByRole("link").first();
  await (person.keyboard ? person.reach(site) : site.hover());
  const faint = await person.page.locator(".plot g").evaluateAll((groups) => groups.map((g) => `${g.getAttribute("class")} ${getComputedStyle(g).opacity}`));
  assert.ok(faint.some((line) => /^c1 1$/.test(line)) && faint.some((line) => /^c2 0\.\d/.test(line)), faint.join(", "));
});
