// The room of the journeys: a browser, and what a person does with it. Each journey has a
// number, a name and variants, as the design of the web interface lists them:
//
//   n  without script
//   k  by keyboard alone
//   p  on a phone, 390 pixels wide
import assert from "node:assert/strict";
import { test } from "node:test";
import { chromium, firefox } from "playwright-core";
import { databases, server } from "./servers.js";

export { databases };

const executablePath = process.env.CHROMIUM;
const timeout = 20_000;

const launched = {};

// browser is Chromium, with 16 pixels as the size of text, or another one.
export const browser = (pixels = 16) => (launched[pixels] ??= chromium.launch({
  executablePath, chromiumSandbox: process.getuid() !== 0,
  args: [
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1", "--no-proxy-server", "--disable-gpu",
    `--blink-settings=defaultFontSize=${pixels}`,
  ],
}));

// theFirefox is Debian's Firefox, which playwright-core drives by WebDriver BiDi. The newest
// playwright-core needs a command that Firefox 153 does not have yet: emulation.setMediaFeaturesOverride.
// So each scheme of colours is a Firefox of its own, whose setting says what pages are told.
const theFirefox = (colorScheme) => (launched[`firefox ${colorScheme}`] ??= firefox.launch({
  executablePath: process.env.FIREFOX, channel: "moz-firefox",
  firefoxUserPrefs: { "layout.css.prefers-color-scheme.content-override": colorScheme === "dark" ? 0 : 1 },
}));

export const close = async () => { for (const one of Object.values(launched)) await (await one).close(); };

const only = process.env.JOURNEYS ? process.env.JOURNEYS.split(",") : null;

const variants = {
  "": { name: "", viewport: { width: 1366, height: 900 } },
  n: { name: "without script", viewport: { width: 1366, height: 900 }, javaScriptEnabled: false },
  k: { name: "by keyboard", viewport: { width: 1366, height: 900 }, keyboard: true },
  p: { name: "on a phone", viewport: { width: 390, height: 844 }, hasTouch: true, phone: true },
};

// visit opens a browser window without cookies at a server, until the work is done. It fails
// for everything that goes wrong beside the work: errors on the console, requests to others,
// answers with a status of 500 and above. The window is one of Chromium, or with firefox: "light" or
// firefox: "dark" one of Firefox.
export async function visit({ on = "sqlite", variant = "", expect = [], textSize, firefox: schemeInFirefox, ...more }, work) {
  const { name, keyboard, phone, ...options } = variants[variant];
  const { base } = await (typeof on === "function" ? on() : server(on));
  const context = await (await (schemeInFirefox ? theFirefox(schemeInFirefox) : browser(textSize))).newContext({
    baseURL: base, ...(!schemeInFirefox && { reducedMotion: "reduce" }), ...options, ...more,
  });
  context.setDefaultTimeout(timeout);
  const wrong = [];
  const expected = (text) => expect.some((pattern) => pattern.test(text));
  context.on("console", (message) => {
    const line = `console: ${message.text()} ${message.location().url}`;
    // Chromium notes pages that answer 4xx; whether a page should is for the journey.
    const isPage = /status of 4\d\d/.test(line) && !/\/ui\/assets\//.test(line);
    if (message.type() === "error" && !isPage && !expected(line)) wrong.push(line);
  });
  context.on("weberror", (error) => wrong.push(`exception: ${error.error()}`));
  context.on("request", (request) => {
    if (!request.url().startsWith(base) && !request.url().startsWith("data:")) wrong.push(`request to another server: ${request.url()}`);
  });
  context.on("response", (response) => {
    const line = `${response.request().method()} ${response.url()} answers ${response.status()}`;
    if (response.status() >= 500 && !expected(line)) wrong.push(line);
  });
  try {
    const page = await context.newPage();
    const result = await work(new Person(page, { base, keyboard, phone, variant }));
    assert.deepEqual(wrong, [], "nothing goes wrong beside the journey");
    return result;
  } finally {
    await context.close();
  }
}

// journey makes a journey in each of its variants, and once with script and mouse.
export function journey(number, name, letters, options, work) {
  if (only && !only.includes(String(number))) return;
  for (const variant of ["", ...letters]) {
    for (const on of [options.on ?? "sqlite"].flat()) {
      const where = [variants[variant].name, on === "sqlite" || typeof on === "function" ? "" : on].filter(Boolean).join(", ");
      test(`${number} ${name}${where ? ` (${where})` : ""}`, { timeout: 60_000 }, () => visit({ ...options, on, variant }, work));
    }
  }
}

// check makes a test that is none of the journeys, in a group of such.
export function check(name, work, group = "checks") {
  if (!only || only.includes(group)) test(name, { timeout: 300_000 }, work);
}

// Person uses a page as the variant says: by clicks, or by keys alone.
export class Person {
  constructor(page, { base, keyboard, phone, variant }) {
    Object.assign(this, { page, base, keyboard, phone, variant });
  }

  // open goes to an address below /ui, such as compare?benchmark=...
  async open(address) {
    const answer = await this.page.goto(address.startsWith("/") ? address : `/ui/${address}`);
    return answer;
  }

  // reach moves the focus to an element by the Tab key alone.
  async reach(locator) {
    await locator.waitFor();
    const handle = await locator.elementHandle();
    for (let presses = 0; presses < 300; presses++) {
      if (await handle.evaluate((e) => e === document.activeElement)) return;
      await this.page.keyboard.press("Tab");
    }
    assert.fail(`300 times Tab do not lead to ${locator}`);
  }

  // press uses a link, a button or what else a click is for.
  async press(locator) {
    if (!this.keyboard) return locator.click();
    await this.reach(locator);
    const leaves = await locator.evaluate((e) => e.matches("a[href], button:not([type=button])"));
    const left = leaves && this.page.waitForEvent("framenavigated", { timeout: 5000 }).catch(() => {});
    await this.page.keyboard.press("Enter");
    await left;
    await this.page.waitForLoadState();
  }

  async fill(locator, text) {
    if (!this.keyboard) return locator.fill(text);
    await this.reach(locator);
    await this.page.keyboard.press("ControlOrMeta+A");
    await this.page.keyboard.type(text);
  }

  async tick(locator) {
    if (!this.keyboard) return locator.check();
    await this.reach(locator);
    await this.page.keyboard.press("Space");
  }

  // choose chooses an option of a list by its text.
  async choose(locator, text) {
    const options = await locator.locator("option").allTextContents();
    const wanted = options.find((option) => typeof text === "string" ? option.trim() === text : text.test(option));
    assert.ok(wanted !== undefined, `no option ${text} among ${options.join(" | ")}`);
    if (!this.keyboard) return locator.selectOption({ label: wanted.trim() });
    await this.reach(locator);
    const index = options.indexOf(wanted);
    await this.page.keyboard.press("Home");
    for (let i = 0; i < index; i++) await this.page.keyboard.press("ArrowDown");
    assert.equal(await locator.evaluate((e) => e.selectedIndex), index, "the arrow keys choose the option");
  }

  link(name) { return this.page.getByRole("link", { name }); }
  button(name) { return this.page.getByRole("button", { name }); }
  field(label) { return this.page.locator("input, select, textarea").and(this.page.getByLabel(label, { exact: true })); }
  main() { return this.page.locator("main"); }

  // text is what the page says, with plain spaces.
  async text(locator = this.main()) { return plain(await locator.innerText()); }

  // says fails unless the content has the words.
  async says(words, locator) {
    const has = (text) => typeof words === "string" ? text.includes(words) : words.test(text);
    let text = await this.text(locator);
    // A page that a click leads to may be on its way.
    for (const deadline = Date.now() + 5000; !has(text) && Date.now() < deadline; text = await this.text(locator)) {
      await this.page.waitForTimeout(50);
    }
    assert.ok(has(text), `the page does not say ${words}:\n${this.page.url()}\n${text.slice(-3000)}`);
  }

  async silent(words, locator) {
    const text = await this.text(locator);
    assert.ok(typeof words === "string" ? !text.includes(words) : !words.test(text), `the page says ${words}:\n${text.slice(0, 3000)}`);
  }

  // rows are the rows of a table's body, as arrays of texts.
  rows(selector = "table") {
    return this.page.locator(selector).first().locator("tbody tr").evaluateAll((rows) => rows.map((row) => [...row.cells].map(
      (cell) => cell.textContent.replace(/[\u00a0\u202f\s]+/g, " ").trim())));
  }

  // login logs in as an account of the development provider, from the page that is open, and
  // comes back.
  async login(account) {
    await this.press(this.page.locator(".me").getByRole("link", { name: "Log in" }));
    await this.atProvider(account);
  }

  // atProvider passes the login page, if there is one, and the provider's page of accounts.
  async atProvider(account) {
    const account_ = this.page.getByRole("button", { name: new RegExp(account, "i") }).or(
      this.page.getByRole("link", { name: new RegExp(account, "i") }));
    const onward = this.page.locator("main").getByRole("button", { name: /log in/i }).or(
      this.page.locator("main").getByRole("link", { name: /log in|continue|development/i }));
    await account_.or(onward).first().waitFor();
    if (!await account_.count()) await this.press(onward.first());
    await this.press(account_.first());
    await this.page.waitForURL(/\/ui\//);
  }
}

// plain is a text with plain spaces.
export const plain = (text) => text.replace(/[\u00a0\u202f]/g, " ");

// token is an access token of an account of the development provider.
const tokens = {};
export async function token(base, account) {
  tokens[base + account] ??= fetch(`${base}/dev/oidc/oauth/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "client_credentials", client_id: account, client_secret: "development-secret", scope: "openid email eduperson_entitlement",
    }),
  }).then(async (answer) => (await answer.json()).access_token);
  return tokens[base + account];
}

// api asks the API, as an account if one is named.
export async function api(base, method, path, { as, body, status } = {}) {
  const headers = {};
  if (as) headers.Authorization = `Bearer ${await token(base, as)}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const answer = await fetch(base + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  const text = await answer.text();
  assert.ok(status ? answer.status === status : answer.ok, `${method} ${path} answers ${answer.status}: ${text.slice(0, 500)}`);
  return text === "" ? null : JSON.parse(text);
}

// The demo data.
export const cRay = "thechristophe/openbench-c-ray:latest";
export const stream = "eosc-perf/demo-stream:1";
export const cores = (n) => `json.machine.cpu.count=${n}`;

// demoResults are the first hundred results, the oldest runs first.
async function demoResults(base) {
  const { items } = await api(base, "GET", "/results?per_page=100&sort_by=%2Bexecution_datetime");
  return items;
}

export const resultOf = async (base, flavor, image = "c-ray") => (await demoResults(base)).find(
  (r) => r.flavor.name === flavor && r.benchmark.docker_image.includes(image));
