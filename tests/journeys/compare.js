// Journeys 8 to 24: the ranking, and the address of a question.
import assert from "node:assert/strict";
import { api, cRay, cores, journey, resultOf, stream } from "./room.js";
import { csv, taken } from "./files.js";

const question = `compare?benchmark=${cRay}`;
const names = (person) => column(person, /^(Flavor|Site|Processor)$/);
const column = async (person, title) => {
  const heads = await person.page.locator("table.ranking thead th").evaluateAll((cells) => cells.map((cell) => cell.textContent.trim()));
  const index = heads.findIndex((head) => title.test(head));
  assert.ok(index >= 0, `no column ${title} among ${heads}`);
  return (await person.rows("table.ranking")).map((row) => row[index]);
};
const numbers = (texts) => texts.map((text) => Number(/[\d .]*\d/.exec(text)[0].replaceAll(" ", "")));
const show = (person) => person.press(person.page.locator(".filters").getByRole("button", { name: "Show" }));

// unfold shows the form, which narrow windows fold.
async function unfold(person) {
  const summary = person.page.locator(".filters > summary");
  if (await summary.isVisible() && !await person.page.locator(".filters").evaluate((e) => e.open)) await person.press(summary);
}

journey(8, "twenty rows stand in the order of their medians", "np", {}, async (person) => {
  await person.open(question);
  await person.says(/Fastest: NCG-INGRID-PT svc2\.xxl, 28\.1 s on 32 cores/);
  await person.says(/At 8 cores: CESNET-MCC hpc\.8core-16ram, 10[56] s/);
  const medians = numbers(await column(person, /Median|Time/));
  assert.equal(medians.length, 20);
  assert.deepEqual(medians, medians.toSorted((a, b) => a - b));
  const spans = await person.page.locator(".lane svg").evaluateAll((all) => all.map((span) => {
    const [own, lane] = [span, span.parentElement].map((e) => e.getBoundingClientRect());
    return [own.top - lane.top - lane.height / 2, own.height, lane.height].map(Math.round);
  }));
  assert.ok(spans.length > 0 && spans.every(([above, height]) => above > -9 && above + height < 15), `lines lie on their lane: ${spans}`);
  if (person.phone) {
    const small = await person.page.locator(":is(.chips, .take, .foot, .top, .who) a").evaluateAll((all) => all.filter((a) => a.offsetHeight && a.offsetHeight < 40)
      .map((a) => `${a.textContent} ${a.offsetHeight}`));
    assert.deepEqual(small, [], "what a finger meets has 40 pixels");
  }
});

journey(9, "two sites are chosen", "n", {}, async (person) => {
  await person.open(question);
  await unfold(person);
  await person.tick(person.page.locator(".filters").getByRole("checkbox", { name: /^IFCA-LCG2/ }));
  await person.tick(person.page.locator(".filters").getByRole("checkbox", { name: /^CESNET-MCC/ }));
  await show(person);
  assert.match(person.page.url(), /&site=CESNET-MCC&site=IFCA-LCG2$/);
  const sites = new Set((await names(person)).map((name) => name.split(" ")[0]));
  assert.deepEqual([...sites].sort(), ["CESNET-MCC", "IFCA-LCG2"]);
});

journey(10, "a range of cores is asked for by path and value", "n", {}, async (person) => {
  await person.open(question);
  await unfold(person);
  await person.fill(person.page.locator("#path"), "machine.cpu.count");
  await person.fill(person.page.locator("#value"), "4..16");
  await show(person);
  assert.match(person.page.url(), /json\.machine\.cpu\.count=4\.\.16/);
  assert.deepEqual([...new Set(await column(person, /Cores/))].sort(), ["16", "4", "8"]);
});

journey(11, "a filter survives another view", "n", {}, async (person) => {
  await person.open(`${question}&${cores(8)}&site=CESNET-MCC&site=IFCA-LCG2`);
  await person.press(person.page.getByRole("list", { name: "Views" }).getByRole("link", { name: "Plot" }));
  const address = new URL(person.page.url());
  assert.equal(address.searchParams.get("view"), "plot");
  assert.deepEqual(address.searchParams.getAll("site"), ["CESNET-MCC", "IFCA-LCG2"]);
  assert.equal(address.searchParams.get("json.machine.cpu.count"), "8");
});

journey(12, "one row for each site, or for each processor", "n", {}, async (person) => {
  await person.open(question);
  await unfold(person);
  await person.choose(person.field("One row for each"), "site");
  await show(person);
  assert.match(person.page.url(), /by=site/);
  assert.equal((await person.rows("table.ranking")).length, 5);
  await unfold(person);
  await person.choose(person.field("One row for each"), "processor");
  await show(person);
  assert.match(person.page.url(), /by=json\.machine\.cpu\.brand_raw/);
  await person.says(/AMD EPYC/, person.page.locator("table.ranking"));
});

journey(13, "a baseline gives ratios and verdicts", "nk", {}, async (person) => {
  await person.open(question);
  await unfold(person);
  await person.choose(person.field("Compare with"), "CESNET-MCC hpc.8core-16ram");
  await show(person);
  assert.match(person.page.url(), /base=/);
  const times = await column(person, /times/);
  const place = (await names(person)).findIndex((name) => name.includes("hpc.8core-16ram"));
  assert.match(times[place], /1\.00|baseline/);
  await person.says(/baseline/);
});

journey(14, "one result each is provisional, without intervals and verdicts", "n", {}, async (person) => {
  await person.open(`${question}&since=2020-01-01&before=2021-01-01`);
  await person.says("provisional: one result each");
  assert.equal(await person.page.locator("table.ranking .ci").count(), 0);
  await person.silent(/▲ faster|▼ slower/, person.page.locator("table.ranking"));
});

journey(15, "twelve results a flavor have the intervals and ranks of the API", "", { on: "changed" }, async (person) => {
  const { base } = person;
  const { benchmark, flavors } = await twelveEach(base);
  await person.open(`compare?benchmark=${benchmark.docker_image}:${benchmark.docker_tag}`);
  const answer = await api(base, "GET", `/results:compare?benchmark_id=${benchmark.id}&group_by=flavor`);
  const ranks = await column(person, /Rank/);
  assert.deepEqual(ranks, answer.items.map(({ rank: [low, high] }) => low === high ? `${low}` : `${low}-${high}`));
  assert.equal(await person.page.locator("table.ranking .ci").count(), flavors.length);
  const { text } = await taken(base, `compare.csv?benchmark=${benchmark.docker_image}:${benchmark.docker_tag}`);
  const [head, ...rows] = csv(text);
  assert.deepEqual(rows.map((row) => Number(row[head.findIndex((name) => name.startsWith("interval_low"))])),
    answer.items.map((item) => item.median_interval[0]));
});

// twelveEach is a benchmark with twelve results on each of three flavors: 2 % apart, 30 % apart.
let twelve;
function twelveEach(base) {
  twelve ??= (async () => {
    const schema = {
      type: "object", required: ["seconds"],
      properties: { seconds: { type: "number", "x-perf-metric": { unit: "s", better: "lower" } } },
    };
    const benchmark = await api(base, "POST", "/benchmarks", {
      as: "admin", body: { docker_image: "test/twelve", docker_tag: "1", description: "Twelve", json_schema: schema, url: "https://example.org" },
    });
    await api(base, "POST", `/benchmarks/${benchmark.id}:approve`, { as: "admin" });
    await api(base, "PUT", `/benchmarks/${benchmark.id}/metrics`, {
      as: "admin", body: { metrics: [{ path: "seconds", name: "time", unit: "s", better: "lower", default: true }] },
    });
    const sites = await api(base, "GET", "/sites?name=IFCA-LCG2");
    const { items } = await api(base, "GET", `/sites/${sites.items[0].id}/flavors?per_page=3`);
    for (const [i, flavor] of items.entries()) {
      for (let n = 0; n < 12; n++) {
        const query = new URLSearchParams({
          execution_datetime: `2026-0${1 + n % 9}-1${i}T10:00:00Z`, benchmark_id: benchmark.id, flavor_id: flavor.id,
        });
        await api(base, "POST", `/results?${query}`, { as: "alice", body: { seconds: [100, 102, 130][i] + (n * 7 % 12) / 4 } });
      }
    }
    return { benchmark, flavors: items };
  })();
  return twelve;
}

journey(16, "the scale is logarithmic, linear, or near the baseline", "n", {}, async (person) => {
  await person.open(`${question}&base=CESNET-MCC/hpc.8core-16ram`);
  const ticks = () => person.page.locator("table.ranking .axis text").allTextContents();
  assert.ok((await ticks()).includes("100"));
  await person.press(person.main().getByRole("link", { name: "linear" }));
  assert.match(person.page.url(), /scale=linear/);
  assert.ok((await ticks()).includes("0") || (await ticks()).includes("500"), `${await ticks()}`);
  await person.press(person.main().getByRole("link", { name: /^near/ }));
  assert.match(person.page.url(), /scale=near/);
  assert.ok((await ticks()).some((text) => text.includes("%")), `${await ticks()}`);
  assert.ok(await person.page.locator('table.ranking use[href="#m8"]').count() > 0, "values beyond are arrows");
});

journey(17, "values are related to cores", "n", {}, async (person) => {
  await person.open(question);
  await unfold(person);
  await person.choose(person.field("Related to cores"), /core-seconds/);
  await show(person);
  assert.match(person.page.url(), /per=resource/);
  await person.says(/core-seconds/, person.page.locator("table.ranking thead"));
  const medians = numbers(await column(person, /Median|Time/));
  assert.ok(medians[0] > 700 && medians.at(-1) < 3000, `${medians}`);
});

journey(19, "without a declared direction nothing is called the fastest", "", { on: "changed" }, async (person) => {
  await person.open(`${question}&metric=machine.cpu.count`);
  await person.silent(/Fastest/i, person.page.locator(".answer"));
  await person.says(/[Ww]hether lower or higher is better is not declared/);
});

journey(20, "an address that is opened again shows the same page", "", {}, async (person) => {
  const address = `${question}&${cores(8)}&scale=linear&site=CESNET-MCC&site=NCG-INGRID-PT`;
  await person.open(address);
  const first = await person.text();
  await person.page.reload();
  assert.equal(await person.text(), first);
});

journey(21, "the address of a form becomes the canonical one", "n", {}, async (person) => {
  await person.open(`compare?view=ranking&site=&json.machine.cpu.count=8&benchmark=${encodeURIComponent(cRay)}&metric=&by=flavor`);
  assert.equal(person.page.url(), `${person.base}/ui/${question}&${cores(8)}`);
  const led = await fetch(`${person.base}/ui/compare?by=flavor&benchmark=${cRay}`, { redirect: "manual" });
  assert.equal(led.status, 303);
});

journey(22, "an unknown key and an unknown name are named", "n", {}, async (person) => {
  await person.open(`${question}&foo=1&site=NOWHERE`);
  await person.says(/Ignored: foo/);
  await person.says(/There is no site NOWHERE/);
  assert.equal((await person.rows("table.ranking")).length, 20);
});

journey(23, "a question without an answer offers a way", "n", {}, async (person) => {
  await person.open(`${question}&${cores(8)}&json.machine.cpu.arch=none`);
  await person.says("No result matches.");
  await person.press(person.page.locator(".answer").getByRole("link").first());
  assert.ok((await person.rows("table.ranking")).length > 0);
});

journey(18, "two versions stand side by side, and another unit is said to be one", "n", { on: "changed" }, async (person) => {
  const { base } = person;
  const tag = `next${person.variant}`;
  const old = await resultOf(base, "svc2.xxl");
  const { json_schema } = await api(base, "GET", `/benchmarks/${old.benchmark.id}`);
  const version = await api(base, "POST", "/benchmarks", {
    as: "admin",
    body: { docker_image: old.benchmark.docker_image, docker_tag: tag, description: "Another version", json_schema, url: "https://example.org" },
  });
  await api(base, "POST", `/benchmarks/${version.id}:approve`, { as: "admin" });
  const query = new URLSearchParams({ execution_datetime: "2026-01-02T10:00:00Z", benchmark_id: version.id, flavor_id: old.flavor.id });
  await api(base, "POST", `/results?${query}`, { as: "alice", body: old.json });
  await person.open(`compare?benchmark=${cRay}&benchmark=${old.benchmark.docker_image}:${tag}&by=benchmark`);
  assert.equal((await person.rows("table.ranking")).length, 2);
  await person.open(`compare?benchmark=${cRay}&benchmark=${stream}`);
  await person.says(/another unit/);
  assert.ok((await person.rows("table.ranking")).length >= 19);
});
