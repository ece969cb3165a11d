// Journeys 69 to 74: paper, contrast, large text, the network.
import assert from "node:assert/strict";
import { cRay, cores, databases, journey } from "./room.js";
import { replica } from "./servers.js";

const question = `compare?benchmark=${cRay}`;

journey(69, "the ranking is printed on at most two pages", "", {}, async (person) => {
  await person.open(question);
  const paper = await person.page.pdf({ format: "A4" });
  const pages = paper.toString("latin1").match(/\/Type\s*\/Page[^s]/g).length;
  assert.ok(pages <= 2, `${pages} pages`);
});

journey(70, "with forced colours signs and text are visible", "", { forcedColors: "active" }, async (person) => {
  await person.open(question);
  const { sign, ground } = await person.page.locator('table.ranking use[href^="#m"]').first().evaluate((e) => ({
    sign: getComputedStyle(e).fill, ground: getComputedStyle(document.body).backgroundColor,
  }));
  assert.notEqual(sign, ground);
  assert.equal(sign, await person.page.evaluate(() => {
    const probe = document.body.appendChild(document.createElement("i"));
    probe.style.color = "CanvasText";
    return getComputedStyle(probe).color;
  }));
});

journey(71, "text of twice the size scrolls nothing sideways", "p", { textSize: 32 }, async (person) => {
  for (const address of ["", question, "results", "sites"]) {
    await person.open(address);
    assert.equal(await person.page.evaluate(() => getComputedStyle(document.documentElement).fontSize), "32px");
    const sideways = await person.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(sideways <= 0, `${address}: ${sideways} pixels`);
  }
});

journey(72, "no page asks another server", "", {}, async (person) => {
  const asked = [];
  person.page.on("request", (request) => asked.push(request.url()));
  for (const address of ["", question, `${question}&view=plot`, "results", "benchmarks", "sites", "upload"]) await person.open(address);
  assert.ok(asked.length > 8);
  assert.deepEqual(asked.filter((url) => !url.startsWith(person.base)), []);
});

journey(73, "a page that is loaded again is not sent again", "", {}, async ({ base }) => {
  for (const address of ["", `${question}&${cores(8)}`, "results"]) {
    const first = await fetch(`${base}/ui/${address}`);
    await first.arrayBuffer();
    const tag = first.headers.get("etag");
    assert.ok(tag, `${address} has an entity tag`);
    const again = await fetch(`${base}/ui/${address}`, { headers: { "If-None-Match": tag } });
    assert.equal(again.status, 304, address);
  }
});

if (databases.includes("postgres")) {
  let cut;
  const lonely = () => (cut ??= replica().then((one) => { one.cut(); return one; }));

  journey(74, "without the database a page says so, with 503", "", { on: lonely, expect: [/503/] }, async (person) => {
    for (const address of ["", question, "results", "sites"]) {
      const answer = await person.open(address);
      assert.equal(answer.status(), 503, address);
      await person.says(/does not answer/);
      await person.says(/Try again|try again/);
    }
  });
}
