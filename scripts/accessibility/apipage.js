// Looks at the API page with axe-core, in Chromium: node apipage.js CHROMIUM ADDRESS, the address
// being that of a server in development mode with demo data. It opens reads, and a write of each method, asks,
// and looks again: in light on a wide screen, and in dark on a narrow one. It fails if a rule of
// serious or critical impact is broken, if a question has parameters that nobody filled in, or if
// the page keeps or shows a token.
import axe from "axe-core";
import { chromium } from "playwright-core";
import { invalid } from "./valid.js";

const [executablePath, address] = process.argv.slice(2);
const screens = [["light", 1300], ["dark", 360]];
const reads = ["results-ListResults", "sites-ListSites"];
// Each method has a colour of its own.
const writes = ["results-CreateResult", "tags-UpdateTag", "tags-DeleteTag"];

const browser = await chromium.launch({ executablePath, chromiumSandbox: process.getuid() !== 0 });
let broken = 0;
const fail = (text) => {
  broken++;
  console.error(text);
};

async function look(tab, what) {
  await tab.evaluate(axe.source);
  const { violations } = await tab.evaluate(() => axe.run({ resultTypes: ["violations"] }));
  for (const { id, impact, help, nodes } of violations) {
    if (impact === "serious" || impact === "critical") {
      const where = nodes.slice(0, 5).map((node) => node.target.join(" ")).join(", ");
      fail(`${what}: ${id} (${impact}): ${help}, ${nodes.length} times: ${where}`);
    }
  }
  const sideways = await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (sideways > 0) fail(`${what}: the page itself scrolls sideways, by ${sideways}`);
}

const open = (block) => block.locator(".opblock-summary-control").dispatchEvent("click");

// ask presses Execute of an operation as it is, and returns the address that was asked for.
async function ask(tab, operation) {
  const block = tab.locator(`#operations-${operation}`);
  if ((await block.locator(".execute").count()) === 0) {
    await open(block);
    const tryIt = block.locator(".try-out__btn");
    if ((await tryIt.count()) > 0 && (await block.locator(".execute").count()) === 0) await tryIt.dispatchEvent("click");
    await block.locator(".execute").waitFor();
  }
  const question = tab.waitForRequest((request) => request.resourceType() === "fetch" && !request.url().includes("/dev/"), { timeout: 10000 })
    .catch(() => null);
  await block.locator(".execute").dispatchEvent("click");
  const asked = await question;
  return asked === null ? null : new URL(asked.url());
}

for (const line of await invalid(await (await fetch(new URL("ui/api", address))).text())) fail(`the API page: ${line}`);
for (const [colorScheme, width] of screens) {
  const context = await browser.newContext({ colorScheme, viewport: { width, height: 1000 } });
  const tab = await context.newPage();
  tab.setDefaultTimeout(120000);
  const what = `the API page, ${colorScheme}, ${width} pixels wide`;
  // A short answer: to draw a hundred results takes long.
  const answer = { items: [{ id: "5f0afb75-226f-48f3-95b8-938baa4b41c9" }], page: 1, per_page: 100, pages: 1, total: 1 };
  await tab.route((url) => /\/(results|sites)$/.test(url.pathname), (route) =>
    route.request().resourceType() === "fetch" ? route.fulfill({ json: answer }) : route.continue());
  await tab.goto(new URL("ui/api", address).href);
  await tab.locator("#operations-results-ListResults").waitFor();
  await look(tab, what);
  await tab.locator('button[data-account="alice"]').click();
  await tab.waitForTimeout(500);
  for (const operation of reads) {
    const asked = await ask(tab, operation);
    if (asked !== null && asked.search !== "") fail(`${what}: Execute of ${operation} asks for ${asked.search}, which nobody filled in`);
  }
  await tab.locator("#operations-results-ListResults .live-responses-table").waitFor();
  for (const operation of writes) {
    await open(tab.locator(`#operations-${operation}`));
    await tab.locator(`#operations-${operation} .responses-wrapper`).waitFor();
  }
  await look(tab, `${what}, with answers`);
  const kept = await tab.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
  const shown = await tab.evaluate(() => document.body.innerText);
  if (/eyJ/.test(kept)) fail(`${what}: the browser keeps a token: ${kept.slice(0, 200)}`);
  if (/Bearer eyJ/.test(shown)) fail(`${what}: the page shows a token`);
  await context.close();
}
await browser.close();
console.log(`axe-core ${axe.version}: the API page in light and dark, ${screens.map(([, width]) => width).join(" and ")} pixels wide; problems: ${broken}`);
process.exitCode = broken > 0 ? 1 : 0;
