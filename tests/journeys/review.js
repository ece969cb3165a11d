// Journeys 61 to 68: claims, review, administration.
import assert from "node:assert/strict";
import { api, cRay, journey, resultOf } from "./room.js";
import { taken } from "./files.js";
import { mailbox, server, start } from "./servers.js";

async function as(person, account, address) {
  await person.page.context().clearCookies();
  await person.open("");
  await person.login(account);
  return person.open(address);
}

// mailed waits until a mail in the log is as the test says.
async function mailed(is) {
  const { log } = await server("changed");
  const lines = () => log().split("\n").filter((line) => line.includes("msg=mail "));
  for (const deadline = Date.now() + 5000; Date.now() < deadline; await new Promise((resolve) => setTimeout(resolve, 100))) {
    if (lines().some(is)) return;
  }
  assert.fail(`no such mail:\n${lines().slice(-4).join("\n")}`);
}

journey(61, "a claim hides a result, and is mailed", "nk", { on: "changed" }, async (person) => {
  const { page, base } = person;
  const result = await resultOf(base, { "": "svc2.m", n: "svc2.s", k: "svc1.s" }[person.variant]);
  await as(person, "bob", `results/${result.id}`);
  await person.press(person.main().getByRole("link", { name: "Report" }));
  await page.waitForURL(/\/claim/);
  await person.says(/leaves all lists and comparisons at once/);
  await person.tick(page.getByRole("radio").first());
  const words = `The clock looks wrong, says variant ${person.variant || "0"}`;
  await person.fill(page.locator("#words"), words);
  await person.press(page.getByRole("button", { name: "Report" }));
  await page.waitForLoadState();
  await person.open(`results/${result.id}`);
  await person.says(/Under claim since/);
  const { items } = await api(base, "GET", "/results?per_page=100");
  assert.ok(!items.some(({ id }) => id === result.id), "the list does not have it");
  await person.open(`compare?benchmark=${cRay}&flavor=${result.site.name}/${result.flavor.name}`);
  const shown = await taken(base, `compare.json?benchmark=${cRay}&flavor=${result.site.name}/${result.flavor.name}`);
  assert.ok(!shown.text.includes(result.id), "the comparison does not have it");
  await mailed((line) => line.includes("to=alice@example.org") && line.includes(words));
});

journey(62, "an administrator brings a claimed result back", "n", { on: "changed" }, async (person) => {
  const { page, base } = person;
  const result = await resultOf(base, "m1.medium");
  await api(base, "POST", `/results/${result.id}:claim`, { as: "bob", body: { message: `for journey 62${person.variant}` } });
  await as(person, "admin", "review");
  await person.press(person.main().locator("li", { hasText: `for journey 62${person.variant}` }).getByRole("link"));
  await page.waitForURL(/\/review\//);
  await person.says("for journey 62");
  await person.fill(page.locator("#reason"), "It is as it should be");
  await person.press(page.getByRole("button", { name: /back/i }));
  await page.waitForLoadState();
  await person.open(`results/${result.id}`);
  await person.silent(/Under claim/);
  const { items } = await api(base, "GET", "/results?per_page=100");
  assert.ok(items.some(({ id }) => id === result.id), "the list has it again");
});

let sites = 0;
async function newSite(base) {
  const name = `JOURNEY-${++sites}`;
  return api(base, "POST", "/sites", { as: "bob", body: { name, address: "here", description: "for a journey" } });
}

journey(63, "a site is rejected with a reason", "n", { on: "changed" }, async (person) => {
  const { page, base } = person;
  const site = await newSite(base);
  await as(person, "admin", "review");
  await person.press(person.main().getByRole("link", { name: site.name }));
  await page.waitForURL(/\/review\//);
  await person.fill(page.locator("#reason"), "It is there under another name");
  await person.press(page.getByRole("button", { name: /reject/i }));
  await page.waitForLoadState();
  await person.open("review");
  await person.silent(site.name);
  await mailed((line) => line.includes("to=bob@example.org") && line.includes("under another name"));
  const gone = await fetch(`${base}/sites/${site.id}`);
  assert.equal(gone.status, 404, "the site is gone");
});

journey(64, "a second reviewer is told who was first", "n", { on: "changed" }, async (person) => {
  const { page, base } = person;
  const site = await newSite(base);
  await as(person, "admin", "review");
  await person.press(person.main().getByRole("link", { name: site.name }));
  await page.waitForURL(/\/review\//);
  await api(base, "POST", `/sites/${site.id}:approve`, { as: "admin" });
  await person.press(page.getByRole("button", { name: /approve/i }));
  await page.waitForLoadState();
  await person.says(/decided this|approved/);
});

journey(65, "a deep link to a review leads through the login", "n", { on: "changed" }, async (person) => {
  const { base } = person;
  const site = await newSite(base);
  await person.open(`review/site/${site.id}`);
  await person.press(person.main().getByRole("link", { name: /log in/i }).or(person.main().getByRole("button", { name: /log in/i })).first());
  await person.atProvider("admin");
  assert.ok(person.page.url().includes(`review/site/${site.id}`), person.page.url());
  await person.says(site.name);
});

journey(66, "who is no administrator gets a sentence and 403", "", {}, async (person) => {
  const answer = await as(person, "alice", "admin");
  assert.equal(answer.status(), 403);
  await person.says("Only administrators see this.");
  assert.equal((await person.open("review")).status(), 403);
});

journey(67, "a user is removed when the name is typed", "n", { on: "changed" }, async (person) => {
  const { page, base } = person;
  await api(base, "POST", "/users:register", { as: "newcomer" }).catch(() => {});
  await as(person, "admin", "admin/users");
  await person.press(page.locator("tr", { hasText: "newcomer@example.org" }).getByRole("link", { name: "Remove" }));
  await person.says(/Go:/);
  await person.fill(page.locator("#confirm"), "somebody else");
  await person.press(page.locator("button.danger"));
  await page.waitForLoadState();
  await person.says("newcomer@example.org");
  await person.fill(page.locator("#confirm"), "newcomer@example.org");
  await person.press(page.locator("button.danger"));
  await page.waitForLoadState();
  await person.open("admin/users");
  await person.silent("newcomer@example.org");
});

// withoutMail starts a server whose mail server does not answer yet.
let box;
async function withoutMail() {
  box = await mailbox();
  return start({
    DEMO: "true", MAIL_SERVER: "127.0.0.1", MAIL_PORT: box.port, MAIL_FROM: "perf@example.org", MAIL_HELO: "perf.example.org",
  });
}

journey(68, "a mail that could not be sent is sent again", "n", { on: withoutMail }, async (person) => {
  const { page, base } = person;
  await newSite(base);
  await as(person, "admin", "admin/outbox");
  await person.says(/[1-9]\d* mails? waits?|[1-9]\d* (is|are) parked/);
  await box.open();
  const waiting = await page.locator("main tbody tr").count();
  assert.ok(waiting > 0);
  for (const deadline = Date.now() + 15_000; Date.now() < deadline && await page.locator("main tbody tr").count() > 0;) {
    const retry = page.getByRole("button", { name: "Retry all" });
    if (await retry.count()) await person.press(retry);
    await page.waitForTimeout(300);
    await person.open("admin/outbox");
  }
  await person.says(/No mail waits/);
  assert.ok(box.mails.some((mail) => /JOURNEY/.test(mail)), "the mail arrives");
});
