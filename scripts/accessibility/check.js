// Looks at pages of the documentation with axe-core, in Chromium: node check.js
// CHROMIUM FOLDER, the folder being that of the built site. It fails if anything breaks
// a rule, in light or dark, on a wide screen or on the narrowest, or if a page of the
// folder is no valid HTML.
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import axe from "axe-core";
import { chromium } from "playwright-core";
import { invalid } from "./valid.js";

const [executablePath, folder] = process.argv.slice(2);

// One page of each kind: start, code, many tables, wide tables.
const pages = ["index.html", "how-to/get-a-token.html", "reference/api.html", "reference/settings.html"];
const widths = [320, 1300];

const browser = await chromium.launch({ executablePath, chromiumSandbox: process.getuid() !== 0 });
let broken = 0;
const all = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".html"));
for (const name of all) {
  for (const line of await invalid(readFileSync(path.join(folder, name), "utf8"))) {
    broken++;
    console.error(`${name}: ${line}`);
  }
}
for (const colorScheme of ["light", "dark"]) {
  const context = await browser.newContext({ colorScheme, offline: true });
  const tab = await context.newPage();
  for (const name of pages) {
    for (const width of widths) {
      await tab.setViewportSize({ width, height: 1000 });
      await tab.goto(pathToFileURL(path.join(folder, name)).href);
      await tab.evaluate(axe.source);
      const { violations } = await tab.evaluate(() => axe.run({ resultTypes: ["violations"] }));
      for (const { id, help, nodes } of violations) {
        broken += nodes.length;
        const where = nodes.slice(0, 5).map((node) => node.target.join(" ")).join(", ");
        console.error(`${name}, ${colorScheme}, ${width} pixels wide: ${id}: ${help}, ${nodes.length} times: ${where}`);
      }
      const sideways = await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (sideways > 0) {
        broken++;
        console.error(`${name}, ${width} pixels wide: the page itself scrolls sideways, by ${sideways}`);
      }
    }
  }
  await context.close();
}
await browser.close();
console.log(`${all.length} pages are read as HTML; axe-core ${axe.version}: ${pages.length} pages in light and dark, ${widths.join(" and ")} pixels wide; problems: ${broken}`);
process.exitCode = broken > 0 ? 1 : 0;
