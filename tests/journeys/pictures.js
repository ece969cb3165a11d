// Writes a picture of every page in four forms into a folder: node pictures.js FOLDER. The
// forms are wide and narrow, in light and in dark. The pictures of the documentation are in its
// folder manual.
import { mkdirSync } from "node:fs";
import path from "node:path";
import { browser, close, Person } from "./room.js";
import { writeManual } from "./manual.js";
import { pages, personalPages } from "./pages.js";
import { server } from "./servers.js";
import { strange, strangePages } from "./strange.js";

const folder = path.resolve(process.argv[2]);
mkdirSync(folder, { recursive: true });
const { base } = await server("sqlite");
const { base: nothing } = await server("empty");
const { base: odd } = await strange();
const empty = ["", "compare", "results", "benchmarks", "sites", "upload"].map((address) => [`empty-${address || "front"}`, address]);
const widths = { wide: 1366, narrow: 390 };
let written = 0;

async function write(context, names, width, theme, at = base) {
  for (const [name, address] of names) {
    const page = await context.newPage();
    await page.goto(`${at}/ui/${address}`);
    await page.screenshot({ path: path.join(folder, `${name}-${width}-${theme}.png`), fullPage: true });
    await page.close();
    written++;
  }
}

for (const [width, pixels] of Object.entries(widths)) {
  for (const theme of ["light", "dark"]) {
    const context = await (await browser()).newContext({ colorScheme: theme, viewport: { width: pixels, height: 900 } });
    await write(context, await pages(base), width, theme);
    await write(context, empty, width, theme, nothing);
    await write(context, await strangePages(odd), width, theme, odd);
    for (const [account, names] of Object.entries(await personalPages(base))) {
      const page = await context.newPage();
      await page.goto(`${base}/ui/`);
      await new Person(page, { base }).login(account);
      await page.close();
      await write(context, names, width, theme);
      await context.clearCookies();
    }
    await context.close();
  }
}
const manual = path.join(folder, "manual");
mkdirSync(manual, { recursive: true });
written += await writeManual(manual);
await close();
console.log(`${written} pictures in ${folder}`);
process.exit();
