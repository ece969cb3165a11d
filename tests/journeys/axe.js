// Looks at every page with axe-core, in light and dark, at 320, 390, 1160 and 1366 pixels: no
// violation, valid HTML, no sideways scroll, no line on the console, and a size within the budget.
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import axe from "axe-core";
import { pages, personalPages } from "./pages.js";
import { check, visit } from "./room.js";
import { server } from "./servers.js";
import { strange, strangePages } from "./strange.js";
import { invalid } from "./valid.js";

// 1160 is the narrowest width at which the form stands beside the content.
const widths = [320, 390, 1160, 1366];
const between = [390, 1160];

check("every page is accessible, narrow, quiet and small", async (t) => {
  const { base } = await server("sqlite");
  for (const [name, address, raw, zipped] of await pages(base)) {
    await t.test(name, async () => {
      const found = [];
      const html = Buffer.from(await (await fetch(`${base}/ui/${address}`)).arrayBuffer());
      const kilobytes = [html.length / 1024, gzipSync(html).length / 1024].map((n) => Math.round(n * 10) / 10);
      if (kilobytes[0] > raw || kilobytes[1] > zipped) found.push(`${kilobytes.join(" / ")} KB, at most ${raw} / ${zipped}`);
      found.push(...await invalid(html.toString()));
      for (const colorScheme of ["light", "dark"]) {
        await visit({ colorScheme, bypassCSP: true }, async ({ page }) => {
          await page.goto(`/ui/${address}`);
          for (const width of widths) {
            await page.setViewportSize({ width, height: 1000 });
            found.push(...await looked(page, `${colorScheme}, ${width} pixels`, between.includes(width)));
          }
        });
      }
      assert.deepEqual(found, []);
    });
  }
});

// looked is what is wrong with a page as it is shown now. The rules of axe need to run at
// one narrow and one wide width only.
async function looked(page, where, isBetween) {
  const found = [];
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (sideways > 0) found.push(`${where}: the page scrolls sideways by ${sideways} pixels`);
  const narrowest = await page.evaluate(() => Math.min(...[...document.querySelectorAll(".ranking .who")].map((cell) => cell.offsetWidth)));
  if (narrowest < 80) found.push(`${where}: a name in the ranking has ${narrowest} pixels`);
  if (isBetween) return found;
  await page.evaluate((source) => { if (!window.axe) window.eval(source); }, axe.source);
  const { violations } = await page.evaluate(() => axe.run({ resultTypes: ["violations"] }));
  for (const { id, help, nodes } of violations) {
    found.push(`${where}: ${id}: ${help}: ${nodes.slice(0, 3).map((node) => node.target.join(" ")).join(", ")}`);
  }
  return found;
}

check("pages of strange data, or of none, are accessible and narrow", async (t) => {
  const { base: odd } = await strange();
  const empty = ["", "compare", "results", "benchmarks", "sites", "upload"].map((address) => [`nothing: ${address}`, address]);
  for (const [on, names] of [[strange, await strangePages(odd)], [() => server("empty"), empty]]) {
    for (const [name, address] of names) {
      await t.test(name, () => visit({ on, bypassCSP: true }, async ({ page }) => {
        const found = await invalid(await (await page.goto(`/ui/${address}`)).text());
        for (const width of widths) {
          await page.setViewportSize({ width, height: 1000 });
          found.push(...await looked(page, `${width} pixels`, between.includes(width)));
        }
        assert.deepEqual(found, []);
      }));
    }
  }
});

check("every page of people who have logged in is accessible and narrow", async (t) => {
  const { base } = await server("sqlite");
  for (const [account, names] of Object.entries(await personalPages(base))) {
    for (const colorScheme of ["light", "dark"]) {
      await visit({ colorScheme, bypassCSP: true }, async (person) => {
        await person.open("");
        await person.login(account);
        for (const [name, address] of names) {
          await t.test(`${name}, ${colorScheme}`, async () => {
            const found = await invalid(await (await person.open(address)).text());
            for (const width of widths) {
              await person.page.setViewportSize({ width, height: 1000 });
              found.push(...await looked(person.page, `${width} pixels`, between.includes(width)));
            }
            assert.deepEqual(found, []);
          });
        }
        await person.page.setViewportSize({ width: 1366, height: 900 });
      });
    }
  }
});
