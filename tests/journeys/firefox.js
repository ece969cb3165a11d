// Reads the public pages in Firefox, in light and dark, wide and on a phone: the main words and the
// picture are there, texts stand out from the ground, nothing is wider than the window, and the console
// is silent. Then the keyboard alone leads through them.
import assert from "node:assert/strict";
import { check, cRay, cores, resultOf, visit } from "./room.js";
import { server } from "./servers.js";

const question = `compare?benchmark=${cRay}`;

// readings are the pages with their words and the elements of their picture.
async function readings(base) {
  const result = await resultOf(base, "svc2.xxl");
  return [
    ["front", "", ["Where does it run fastest?", "CESNET-MCC hpc.8core-16ram took the shortest time"], 'table.ranking use[href^="#m"]'],
    ["compare", question, ["Fastest: NCG-INGRID-PT svc2.xxl, 28.1 s on 32 cores"], 'table.ranking use[href^="#m"]'],
    ["baseline", `${question}&${cores(8)}&base=CESNET-MCC/hpc.8core-16ram&scale=near`, ["baseline"], 'table.ranking use[href^="#m"]'],
    ["plot", `${question}&view=plot`, ["c-ray: time against cores", "Figures"], '.plot use[href^="#m"]'],
    ["spread", `${question}&view=spread`, ["spread of time"], 'table.ranking use[href^="#m"]'],
    ["trend", `${question}&view=trend`, ["month by month"], '.plot use[href^="#m"]'],
    ["results", `results?benchmark=${cRay}`, ["results, newest upload first"], "table.rows tbody tr"],
    ["result", `results/${result.id}`, ["c-ray 28.1 s", "Provenance"], ".solo use"],
    ["benchmark", `benchmarks/${result.benchmark.id}`, ["lower is better"], '.solo use[href^="#m"]'],
    ["site", `sites/${result.site.id}`, ["NCG-INGRID-PT", "svc2.xxl"], "table tbody tr"],
    ["flavor", `flavors/${result.flavor.id}`, ["svc2.xxl", "of 20"], "table tbody tr"],
  ];
}

const widths = { wide: 1366, narrow: 390 };

// The contrast of usual text (WCAG 1.4.3), and of what shows where the focus is (1.4.11).
const leastContrast = { text: 4.5, focus: 3 };

// grounds are the colours behind pages.
const grounds = { light: "rgb(255, 255, 255)", dark: "rgb(18, 22, 31)" };

for (const [scheme, ground] of Object.entries(grounds)) {
  check(`Firefox shows the reading pages, ${scheme}`, async (t) => {
    const { base } = await server("sqlite");
    const all = await readings(base);
    await visit({ firefox: scheme }, async (person) => {
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
          assert.equal(await person.page.evaluate(() => getComputedStyle(document.body).backgroundColor), ground);
          assert.deepEqual(await faintTexts(person.page), []);
        });
      }
    });
  }, "firefox");

  check(`the keyboard alone leads through the pages in Firefox, ${scheme}`, async (t) => {
    for (const [name, address, search, row, follows] of walks) {
      await t.test(name, () => visit({ firefox: scheme }, async (person) => {
        await person.open(address);
        const { page } = person;
        await page.keyboard.press("Tab");
        const skip = page.locator("a.skip").first();
        assert.ok(await skip.evaluate((e) => e === document.activeElement), "the first Tab leads to the skip link");
        const { x, y } = await skip.boundingBox();
        assert.ok(x >= 0 && y >= 0, `the skip link is on the screen, at ${x}, ${y}`);
        await seen(page, "the skip link");
        await page.keyboard.press("Enter");
        await page.waitForURL(/#content$/);
        for (const [what, selector] of [["the search", search], ["the first row", row]]) {
          await person.reach(page.locator(selector).first());
          await seen(page, what);
        }
        await page.keyboard.press("Enter");
        await page.waitForURL(follows);
        assert.ok((await person.text(page.locator("h1"))).length > 0, "Enter leads to a page");
      }));
    }
  }, "firefox");
}

// walks are pages with a control that searches, the link of the first row, and where it leads.
const walks = [
  ["front", "", "form.ask select", "table.ranking tbody a", /\/ui\/(flavors|results|compare)/],
  ["compare", question, ".filters select", "table.ranking tbody a", /\/ui\/(flavors|results|compare)/],
  ["results", `results?benchmark=${cRay}`, ".filters select", "table.rows tbody a", /\/ui\/results\/[0-9a-f-]{36}/],
  ["benchmarks", "benchmarks", "input[name=terms]", "main ul a[href*='benchmarks/'], main table a", /\/ui\/benchmarks\/[0-9a-f-]{36}/],
  ["sites", "sites", "input[name=terms]", "main ul a[href*='sites/'], main table a", /\/ui\/sites\/[0-9a-f-]{36}/],
];

// seen fails unless what has the focus lies in the window, with a ring that stands out.
async function seen(page, what) {
  const { ring, width, contrast, inside } = await page.evaluate(`(${lookAtFocus})(${contrastOf})`);
  assert.ok(inside, `${what} is in the window when it has the focus`);
  assert.ok(ring !== "none" && width >= 2, `${what} has a ring: ${ring}, ${width} pixels`);
  assert.ok(contrast >= leastContrast.focus, `the ring of ${what} has a contrast of ${contrast}`);
}

function lookAtFocus(contrastWithGround) {
  const element = document.activeElement;
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  return {
    ring: style.outlineStyle, width: parseFloat(style.outlineWidth), contrast: contrastWithGround(element.parentElement, style.outlineColor),
    inside: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
}

// faintTexts are the texts of a page that hardly stand out from what is behind them.
async function faintTexts(page) {
  return page.evaluate(`(${lookAtTexts})(${contrastOf}, ${leastContrast.text})`);
}

function lookAtTexts(contrastWithGround, least) {
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    const element = node.parentElement;
    if (!node.data.trim() || element.closest("svg, script, option") || !element.checkVisibility()) continue;
    const contrast = contrastWithGround(element, getComputedStyle(element).color);
    if (contrast < least) faint.push(`${node.data.trim().slice(0, 40)}: ${contrast.toFixed(2)}`);
  }
  return faint;
}

// contrastOf is the contrast of a colour with the ground of an element, by WCAG.
function contrastOf(element, color) {
  const channels = (text) => text.match(/[\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  let ground = [255, 255, 255];
  for (let e = element; e; e = e.parentElement) {
    const behind = channels(getComputedStyle(e).backgroundColor);
    if (behind[3] !== 0) { ground = behind; break; }
  }
  const [a, b] = [luminance(channels(color)), luminance(ground)].sort((x, y) => y - x);
  return (a + 0.05) / (b + 0.05);
}
