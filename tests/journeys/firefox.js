// Reads the public pages in Firefox, wide and on a phone: the main words and the picture are
// there, nothing is wider than the window, and the console is silent.
import assert from "node:assert/strict";
import { check, cRay, cores, resultOf, visit } from "./room.js";
import { server } from "./servers.js";

const question = `compare?benchmark=${cRay}`;

// readings are the pages with their words and the elements of their picture.
async function readings(base) {
  const result = await resultOf(base, "svc2.xxl");
  return [
    ["front", "", ["Where does it run fastest?", "CESNET-MCC hpc.8core-16ram took the shortest time"], "table.ranking use.m"],
    ["compare", question, ["Fastest: NCG-INGRID-PT svc2.xxl, 28.1 s on 32 cores"], "table.ranking use.m"],
    ["baseline", `${question}&${cores(8)}&base=CESNET-MCC/hpc.8core-16ram&scale=near`, ["baseline"], "table.ranking use.m"],
    ["plot", `${question}&view=plot`, ["c-ray: time against cores", "Figures"], ".plot use.m"],
    ["spread", `${question}&view=spread`, ["spread of time"], "table.ranking use.m"],
    ["trend", `${question}&view=trend`, ["month by month"], ".plot use.m"],
    ["results", `results?benchmark=${cRay}`, ["results, newest upload first"], "table.rows tbody tr"],
    ["result", `results/${result.id}`, ["c-ray 28.1 s", "Provenance"], ".solo use"],
    ["benchmark", `benchmarks/${result.benchmark.id}`, ["lower is better"], ".solo use.m"],
    ["site", `sites/${result.site.id}`, ["NCG-INGRID-PT", "svc2.xxl"], "table tbody tr"],
    ["flavor", `flavors/${result.flavor.id}`, ["svc2.xxl", "of 20"], "table tbody tr"],
  ];
}

const widths = { wide: 1366, narrow: 390 };

check("Firefox shows the reading pages", async (t) => {
  const { base } = await server("sqlite");
  const all = await readings(base);
  await visit({ firefox: true }, async (person) => {
    for (const [name, address, words, picture] of all) {
      await t.test(name, async () => {
        assert.equal((await person.open(address)).status(), 200);
        for (const [size, width] of Object.entries(widths)) {
          await person.page.setViewportSize({ width, height: 900 });
          for (const text of words) await person.says(text);
          const { width: drawn, height } = await person.page.locator(picture).first().boundingBox();
          assert.ok(drawn > 0 || height > 0, `${size}: ${picture} is visible`);
          const sideways = await person.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          assert.ok(sideways <= 0, `${size}: the page scrolls sideways by ${sideways} pixels`);
        }
      });
    }
  });
}, "firefox");
