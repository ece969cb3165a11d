// Journeys 31 to 36: the list of results.
import assert from "node:assert/strict";
import { api, cRay, cores, journey } from "./room.js";

const list = `results?benchmark=${cRay}`;
const table = "table.rows";
const heads = (person) => person.page.locator(`${table} thead th`).evaluateAll((cells) => cells.map((cell) => cell.textContent.replace(/[▲▼\s]+$/, "").trim()));
const column = async (person, title) => {
  const index = (await heads(person)).findIndex((head) => title.test(head));
  assert.ok(index >= 0, `no column ${title} among ${await heads(person)}`);
  return (await person.rows(table)).map((row) => row[index]);
};
const numbers = (texts) => texts.filter((text) => text !== "–").map((text) => Number(text.replace(/[^\d.]/g, "")));
const unfold = async (person, selector) => {
  const details = person.page.locator(selector);
  if (await details.locator("> summary").isVisible() && !await details.evaluate((e) => e.open)) await person.press(details.locator("> summary"));
};

journey(31, "the list is sorted by the score, both ways", "nkp", {}, async (person) => {
  await person.open(`${list}&col=run&col=flavor&col=json.result.score&sort=json.result.score`);
  const rising = numbers(await column(person, /score|time/i));
  assert.ok(rising.length > 20);
  assert.deepEqual(rising, rising.toSorted((a, b) => a - b));
  if (person.phone) {
    await person.open(`${list}&col=run&col=flavor&col=json.result.score&sort=-json.result.score`);
  } else {
    await person.press(person.page.locator(`${table} thead`).getByRole("link", { name: /score|time/i }));
    await person.page.waitForURL(/sort=-json\.result\.score/);
  }
  const falling = numbers(await column(person, /score|time/i));
  assert.deepEqual(falling, falling.toSorted((a, b) => b - a));
});

journey(32, "a column is added, moved and removed", "nk", {}, async (person) => {
  await person.open(list);
  const before = await heads(person);
  await unfold(person, "details.columns");
  await person.press(person.page.locator("details.columns").getByRole("link", { name: /brand_raw|processor/i }).first());
  await person.page.waitForURL(/col=json\.machine\.cpu\.brand_raw/);
  assert.equal((await heads(person)).length, before.length + 1);
  await unfold(person, "details.columns");
  await person.press(person.page.locator("details.columns li").last().getByRole("link", { name: "Earlier" }));
  await person.page.waitForFunction((n) => document.querySelectorAll("table.rows thead th").length === n, before.length + 1).catch(() => {});
  const moved = await heads(person);
  assert.match(moved.at(-2), /brand_raw|processor/i);
  await unfold(person, "details.columns");
  await person.press(person.page.locator("details.columns li", { hasText: /brand_raw|processor/i }).first().getByRole("link", { name: "Remove" }));
  await person.page.waitForURL((url) => !/brand_raw/.test(url.href));
  assert.deepEqual(await heads(person), before);
});

journey(33, "a value has a menu: only this, without", "nk", {}, async (person) => {
  await person.open(`${list}&col=run&col=json.machine.cpu.brand_raw`);
  await person.press(person.page.locator(table).getByRole("button", { name: "AMD EPYC" }).first());
  await person.press(person.page.locator("#picked").getByRole("link", { name: /^Only/ }));
  await person.page.waitForURL(/json\.machine\.cpu\.brand_raw=AMD%20EPYC/);
  const shown = new Set(await column(person, /brand_raw|processor/i));
  assert.equal(shown.size, 1, [...shown].join(", "));
});

journey(34, "a filter on the second page leads to the first", "n", { on: "changed" }, async (person) => {
  const { base } = person;
  const known = await api(base, "GET", "/results?per_page=1");
  const [like] = known.items;
  const missing = Math.max(0, 60 - known.total);
  if (missing > 0) {
    await api(base, "POST", "/results:batch", {
      as: "alice", body: Array.from({ length: missing }, (_, i) => ({
        execution_datetime: `2026-02-01T10:00:${String(i).padStart(2, "0")}Z`, benchmark_id: like.benchmark.id, flavor_id: like.flavor.id, json: like.json,
      })),
    });
  }
  await person.open("results");
  const first = await person.rows(table);
  assert.equal(first.length, 50);
  await person.press(person.page.getByRole("link", { name: /^Older/ }));
  await person.page.waitForURL(/after=/);
  await person.says(/51-\d+ of/);
  await unfold(person, "details.filters");
  await person.tick(person.page.locator(".filters").getByRole("checkbox", { name: /^CESGA/ }));
  await person.press(person.page.locator(".filters").getByRole("button", { name: "Show" }));
  await person.page.waitForURL(/site=CESGA/);
  assert.ok(!/after=/.test(person.page.url()), person.page.url());
  const rows = await person.rows(table);
  assert.ok(rows.length > 0 && rows.every((row) => row.includes("CESGA")), `${rows.length} rows of CESGA`);
  await person.says(/^1-/m);
});

journey(35, "a value with spaces is asked for", "n", {}, async (person) => {
  await person.open(list);
  await unfold(person, "details.filters");
  await person.fill(person.page.locator("#path"), "machine.cpu.brand_raw");
  await person.fill(person.page.locator("#value"), "AMD EPYC Processor (with IBPB)");
  await person.press(person.page.locator(".filters").getByRole("button", { name: "Show" }));
  await person.page.waitForURL(/brand_raw=AMD%20EPYC/);
  await person.says(/^\d+ results/, person.page.locator("h1"));
  assert.ok((await person.rows(table)).length > 0);
});

journey(36, "days are exact: since is with, before is without", "n", {}, async (person) => {
  await person.open(`${list}&since=2020-12-19&before=2020-12-20`);
  const runs = await column(person, /Run/);
  assert.ok(runs.length > 0 && runs.every((run) => run.startsWith("2020-12-19")), runs.join(", "));
  await person.open(`${list}&since=2020-12-20&before=2020-12-21&${cores(1)}`);
  assert.ok((await column(person, /Run/)).every((run) => run.startsWith("2020-12-20")));
});
