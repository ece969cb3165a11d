// Journeys 1 to 7: the front door.
import assert from "node:assert/strict";
import { cRay, journey } from "./room.js";
import { server } from "./servers.js";

const chips = (person) => person.page.getByRole("list", { name: "Cores" });

journey(1, "the front door names the fastest at 8 cores", "nkp", {}, async (person) => {
  await person.open("");
  await person.says("c-ray at 8 cores");
  await person.says(/CESNET-MCC hpc\.8core-16ram took the shortest time, 10[56] s/);
  const rows = await person.rows("table.ranking");
  assert.equal(rows.length, 4);
  await person.press(person.main().getByRole("link", { name: "CESNET-MCC hpc.8core-16ram" }).first());
  await person.says("hpc.8core-16ram", person.page.locator("h1"));
});

journey(2, "a chip asks for another number of cores", "nkp", {}, async (person) => {
  await person.open("");
  await person.press(chips(person).getByRole("link", { name: "2", exact: true }));
  await person.page.waitForURL(/json\.machine\.cpu\.count=2$/);
  await person.says(/NCG-INGRID-PT svc2\.s, 425 s/);
  assert.equal(await chips(person).locator("[aria-current]").textContent(), "2");
});

journey(3, "a benchmark and a number of cores are chosen, and compared", "nk", {}, async (person) => {
  await person.open("");
  await person.choose(person.field("Benchmark"), /openbench-c-ray|^c-ray/);
  await person.choose(person.field("Cores"), "16");
  await person.press(person.main().getByRole("button", { name: "Compare" }));
  await person.page.waitForURL(/\/ui\/compare\?/);
  assert.equal(new URL(person.page.url()).search, `?benchmark=${cRay}&json.machine.cpu.count=16`);
  await person.says(/Fastest: NCG-INGRID-PT svc2\.xl, 55\.7 s/);
});

journey(4, "an empty installation says which three steps come first", "", { on: "empty" }, async (person) => {
  await person.open("");
  await person.says("No results yet");
  const steps = await person.page.locator("ol.steps li").allInnerTexts();
  assert.equal(steps.length, 3);
  assert.match(steps[0], /site/);
  assert.match(steps[1], /benchmark/);
  assert.match(steps[2], /[Uu]pload/);
});

journey(6, "everything works below a prefix", "", { on: "prefix" }, async (person) => {
  await person.open("/api/v1/ui/");
  await person.press(chips(person).getByRole("link", { name: "2", exact: true }));
  assert.match(person.page.url(), /\/api\/v1\/ui\//);
  await person.says(/NCG-INGRID-PT svc2\.s, 425 s/);
  await person.press(person.page.getByRole("link", { name: "Compare" }).first());
  await person.says("c-ray: time by flavor", person.page.locator("h1"));
  await person.press(person.page.getByRole("link", { name: "Sites" }).first());
  await person.press(person.main().getByRole("link", { name: "CESNET-MCC" }).first());
  assert.match(person.page.url(), /\/api\/v1\/ui\/sites\//);
});

journey(5, "the root shows the API page, or with START_PAGE=ui the front door", "", {}, async ({ base }) => {
  const root = await fetch(`${base}/`);
  assert.match(await root.text(), /swagger/i);
  const other = await server("prefix");
  const led = await fetch(`${other.base}/`, { redirect: "manual" });
  assert.equal(led.status, 302);
  assert.match(led.headers.get("location"), /\/ui\/$/);
  const page = await fetch(`${other.base}/api/v1/ui/api`);
  assert.equal(page.status, 200);
  assert.match(await page.text(), /swagger/i);
});

journey(7, "the API answers JSON whatever is accepted, and leads to the page", "", {}, async ({ base }) => {
  const list = await fetch(`${base}/results?per_page=1`, { headers: { Accept: "text/html" } });
  assert.match(list.headers.get("content-type"), /^application\/json/);
  const { items: [result] } = await list.json();
  const one = await fetch(`${base}/results/${result.id}`, { headers: { Accept: "text/html" } });
  assert.match(one.headers.get("content-type"), /^application\/json/);
  assert.match(one.headers.get("link") ?? "", new RegExp(`<[^>]*/ui/results/${result.id}>; rel="alternate"; type="text/html"`));
  assert.equal(one.headers.get("access-control-allow-origin"), "*");
});
