// Journeys 37 to 42: what is taken away.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { api, cRay, cores, journey, resultOf } from "./room.js";

// taken is the answer to a file below /ui.
export async function taken(base, address, status = 200) {
  const answer = await fetch(`${base}/ui/${address}`);
  const body = Buffer.from(await answer.arrayBuffer());
  assert.equal(answer.status, status, `${address}: ${body.toString().slice(0, 300)}`);
  return { answer, body, text: body.toString() };
}

// csv are the rows of a CSV, as RFC 4180 has them.
export function csv(text) {
  const rows = [[]];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/gy;
  while (field.lastIndex < text.length) {
    const [, quoted, simple, end] = field.exec(text);
    rows.at(-1).push(quoted === undefined ? simple : quoted.replaceAll('""', '"'));
    if (end === "\r\n") rows.push([]);
    if (end === "") break;
  }
  if (rows.at(-1).length === 0) rows.pop();
  return rows;
}

journey(37, "a CSV holds texts with commas, quotes and formulas, and units in its head", "", { on: "changed" }, async ({ base }) => {
  const result = await resultOf(base, "svc2.xl");
  const document = structuredClone(result.json);
  document.machine.cpu.brand_raw = '=HYPERLINK("http://x", "a,b")';
  const query = new URLSearchParams({
    execution_datetime: "2026-01-03T10:00:00Z", benchmark_id: result.benchmark.id, flavor_id: result.flavor.id,
  });
  await api(base, "POST", `/results?${query}`, { as: "alice", body: document });
  const { text, answer } = await taken(base, `results.csv?benchmark=${cRay}&col=json.machine.cpu.brand_raw&col=json.result.score&flavor=${result.flavor.id}`);
  const rows = csv(text);
  assert.deepEqual(rows[0], ["id", "machine.cpu.brand_raw", "result.score [s]"]);
  assert.ok(rows.some((row) => row[1] === `'=HYPERLINK("http://x", "a,b")`), text);
  assert.match(answer.headers.get("content-disposition"), /filename="eosc-perf-[a-z0-9.-]+\.csv"/);
});

journey(38, "an NDJSON has all results, beyond the page", "", {}, async ({ base }) => {
  const { text } = await taken(base, `results.ndjson?benchmark=${cRay}`);
  const lines = text.trim().split("\n").map((line) => JSON.parse(line));
  const { total } = await api(base, "GET", `/results?benchmark_id=${(await resultOf(base, "svc2.xl")).benchmark.id}&per_page=1`);
  assert.equal(lines.length, total);
  assert.ok(lines.every((line) => line.json.machine.cpu.count > 0), "every line has its document");
  const refused = await taken(base, "results.ndjson?foo=1", 422);
  assert.match(refused.text, /foo/);
});

journey(38, "a file whose address has parts without effect is refused, as the API refuses it", "", {}, async ({ base }) => {
  for (const address of [`compare.csv?benchmark=${cRay}&foo=1`, `compare.svg?benchmark=${cRay}&view=plot&site=NOWHERE`, "compare.csv?benchmark=no/such:1"]) {
    const { text, answer } = await taken(base, address, 422);
    assert.match(answer.headers.get("content-type"), /^application\/json/);
    assert.match(text, /foo|NOWHERE|no\/such|benchmark/);
  }
  const result = await resultOf(base, "svc2.xl");
  for (const [kind, { id }] of [["results", result], ["benchmarks", result.benchmark], ["sites", result.site], ["flavors", result.flavor]]) {
    const { text } = await taken(base, `${kind}/${id}.json`);
    assert.equal(JSON.parse(text).id, id);
  }
});

journey(39, "SVG, PNG and PDF have legend, unit and citation", "", {}, async ({ base, page }) => {
  for (const view of ["", "&view=plot", "&view=spread", "&view=trend"]) {
    const question = `compare.svg?benchmark=${cRay}${view}`;
    const { text, answer } = await taken(base, question);
    assert.equal(answer.headers.get("content-type"), "image/svg+xml");
    assert.equal(answer.headers.get("cross-origin-resource-policy"), "cross-origin");
    for (const words of ["NCG-INGRID-PT", "EOSC Perf", ", s"]) assert.ok(text.includes(words), `${question} has no ${words}`);
    assert.match(text, /width="860"/);
    assert.match(text, /set [0-9a-f]{8}/);
    const png = await taken(base, question.replace(".svg", ".png"));
    assert.equal(png.body.subarray(1, 4).toString(), "PNG");
    const pdf = await taken(base, question.replace(".svg", ".pdf"));
    assert.equal(pdf.body.subarray(0, 5).toString(), "%PDF-");
  }
  await page.goto(`/ui/compare.svg?benchmark=${cRay}&${cores(8)}`);
  assert.ok(await page.locator("text", { hasText: "CESNET-MCC" }).count() > 0, "Chromium shows the figure");
});

journey(39, "the figure of a list has a mark for each result, and a list without one says why", "n", {}, async (person) => {
  await person.open(`results?benchmark=${cRay}&site=CESNET-MCC`);
  await person.press(person.page.locator(".take").getByRole("link", { name: "SVG" }));
  await person.page.waitForURL(/results\.svg\?/);
  const { text, answer } = await taken(person.base, `results.svg?benchmark=${cRay}&site=CESNET-MCC`);
  assert.equal(answer.headers.get("content-type"), "image/svg+xml");
  assert.match(answer.headers.get("content-disposition"), /^inline; filename="eosc-perf-c-ray-results-[0-9a-f]{8}\.svg"/);
  for (const words of ["c-ray: time of", "results by flavor", "lower is better", "EOSC Perf, set "]) assert.ok(text.includes(words), words);
  assert.equal((await taken(person.base, `results.png?benchmark=${cRay}`)).body.subarray(1, 4).toString(), "PNG");
  assert.equal((await taken(person.base, `results.pdf?benchmark=${cRay}`)).body.subarray(0, 5).toString(), "%PDF-");
  await person.open("results");
  await person.says("No figure: values of several benchmarks have no common scale; choose one benchmark.");
  assert.equal(await person.page.locator(".take").getByRole("link", { name: "PNG" }).count(), 0);
  const refused = await taken(person.base, "results.png", 422);
  assert.match(refused.text, /choose one benchmark/);
});

journey(40, "the citation of a list leads to the same results", "n", {}, async (person) => {
  const { text, answer } = await taken(person.base, `results.bib?benchmark=${cRay}&site=CESNET-MCC`);
  assert.match(answer.headers.get("content-disposition"), /filename="eosc-perf-c-ray-results-[0-9a-f]{8}\.bib"/);
  const [, address] = /url = \{([^}]+)\}/.exec(text);
  const [, cited] = /note = \{(\d+) results?, where site/.exec(text.replaceAll("~", " "));
  await person.open(new URL(address).pathname + new URL(address).search);
  await person.says(new RegExp(`The same ${cited} results as cited`));
});

journey(40, "a permanent link says when one of its results was withdrawn", "n", { on: "changed" }, async (person) => {
  const { base, page } = person;
  const result = await resultOf(base, "m1.large");
  const question = `compare?benchmark=${cRay}&site=${result.site.name}`;
  await person.open(question);
  await page.locator(".take summary").click();
  const permanent = await page.locator(".take a[href*='set=']").first().getAttribute("href");
  await page.goto(new URL(permanent, page.url()).href);
  assert.match(permanent, /as_of=/);
  assert.ok(!permanent.includes(encodeURIComponent(result.site.name)) && permanent.includes(result.site.id), "it has ids for names");
  const same = /The same (\d+) results as cited/;
  await person.says(same);
  const [, cited] = same.exec(await person.text());
  await api(base, "POST", `/results/${result.id}:withdraw`, { as: "alice", body: { reason: "for the test" } });
  await page.reload();
  await person.says(`Cited with ${cited} results; 1 was withdrawn since`);
  await api(base, "POST", `/results/${result.id}:restore`, { as: "alice" });
  await page.reload();
  await person.says(`The same ${cited} results as cited`);
});

journey(41, "the command that a page shows gives the numbers of the page", "", {}, async (person) => {
  await person.open(`compare?benchmark=${cRay}&${cores(8)}`);
  await person.page.locator(".take summary").click();
  const command = await person.page.locator(".take pre").textContent();
  const { stdout } = await promisify(execFile)("sh", ["-c", `${command} --silent --fail --noproxy '*'`]);
  const [head, ...rows] = csv(stdout);
  assert.equal(rows.length, 4);
  const medians = rows.map((row) => Number(row[head.findIndex((name) => name.startsWith("median"))]));
  const shown = await person.page.locator("table.ranking .value b").allTextContents();
  assert.deepEqual(shown, medians.map((median) => median.toPrecision(3)));
});

journey(42, "the table is there as Markdown", "", {}, async ({ base }) => {
  const { text, answer } = await taken(base, `compare.md?benchmark=${cRay}`);
  assert.match(answer.headers.get("content-type"), /^text\/markdown/);
  assert.equal(text.split("\n").filter((line) => line.startsWith("| ")).length, 22);
  assert.match(text, /^# c-ray: time by flavor/);
  const list = await taken(base, `results.md?benchmark=${cRay}&sort=json.result.score&${cores(8)}`);
  assert.match(list.text, /^# c-ray: results\n\n\| Run \| Site \| Flavor \| Cores \| Time, s \| Result \|\n/);
  assert.match(list.text, /\nAll 8 results\.\n/);
  const result = await resultOf(base, "svc2.xl");
  const one = await taken(base, `results/${result.id}.md`);
  assert.ok(one.text.includes(result.id) && one.text.includes(String(result.json.result.score)), one.text);
  const ofSite = await taken(base, `sites/${result.site.id}.md`);
  assert.ok(ofSite.text.includes(result.id), ofSite.text);
  const bib = await taken(base, `compare.bib?benchmark=${cRay}`);
  assert.match(bib.text, /^@misc\{eosc-perf-[0-9a-f]{8},/);
});
