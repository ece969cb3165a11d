// Journeys 47 to 52: login, registering, logout.
import assert from "node:assert/strict";
import { cRay, databases, journey, resultOf } from "./room.js";
import { replica } from "./servers.js";

journey(47, "the login returns to the page it began at", "nk", { on: databases }, async (person) => {
  await person.open(`compare?benchmark=${cRay}&site=CESNET-MCC`);
  await person.login("alice");
  assert.equal(person.page.url(), `${person.base}/ui/compare?benchmark=${cRay}&site=CESNET-MCC`);
  await person.says("Alice", person.page.locator(".me"));
});

journey(48, "a form is kept over the login", "n", {}, async (person) => {
  await person.open("sites/new");
  await person.fill(person.page.locator("#name"), "A site of a stranger");
  await person.fill(person.page.locator("#address"), "somewhere");
  // Before anything is sent, Log in on the form keeps what is there, too.
  await person.press(person.main().getByRole("button", { name: "Log in" }));
  await person.says("Log in to send", person.page.locator("h1"));
  await person.says("What you entered is kept.");
  await person.press(person.main().getByRole("link", { name: /log in/i }));
  await person.atProvider("alice");
  assert.match(person.page.url(), /\/ui\/sites\/new/);
  assert.equal(await person.page.locator("#name").inputValue(), "A site of a stranger");
});

journey(49, "a form is kept when the session has expired meanwhile", "n", {}, async (person) => {
  await person.open("sites/new");
  await person.login("alice");
  await person.fill(person.page.locator("#name"), "A site of an expired session");
  await person.fill(person.page.locator("#address"), "somewhere");
  await person.page.context().clearCookies();
  await person.press(person.button("Send"));
  await person.says("Log in to send", person.page.locator("h1"));
  await person.says("What you entered is kept.");
  await person.press(person.main().getByRole("link", { name: /log in/i }));
  await person.atProvider("alice");
  assert.equal(await person.page.locator("#name").inputValue(), "A site of an expired session");
});

journey(50, "after the logout the session is over, also where its cookie was copied", "", { on: databases }, async (person) => {
  const { page, base } = person;
  await person.open("my");
  if (await person.main().getByRole("link", { name: /log in/i }).count()) await person.press(person.main().getByRole("link", { name: /log in/i }).first());
  await person.atProvider("alice");
  const cookies = (await page.context().cookies(base)).map(({ name, value }) => `${name}=${value}`).join("; ");
  const before = await fetch(`${base}/ui/my`, { headers: { Cookie: cookies }, redirect: "manual" });
  assert.equal(before.status, 200);
  await person.press(page.locator(".me").getByRole("button", { name: "Log out" }));
  await page.waitForURL(/logout/);
  const after = await fetch(`${base}/ui/my`, { headers: { Cookie: cookies }, redirect: "manual" });
  assert.notEqual(after.status, 200);
});

if (databases.includes("postgres")) {
  journey(50, "the logout holds on all replicas", "", { on: "postgres" }, async (person) => {
    const { page, base } = person;
    const other = await replica();
    try {
      await person.open("");
      await person.login("alice");
      const cookies = (await page.context().cookies(base)).map(({ name, value }) => `${name}=${value}`).join("; ");
      const mine = (at) => fetch(`${at}/ui/my`, { headers: { Cookie: cookies }, redirect: "manual" }).then((answer) => answer.status);
      assert.deepEqual([await mine(base), await mine(other.base)], [200, 200], `the session is that of both replicas:\n${other.log().slice(-1500)}`);
      await person.press(page.locator(".me").getByRole("button", { name: "Log out" }));
      await page.waitForURL(/logout/);
      assert.notEqual(await mine(other.base), 200, "the other replica");
      assert.notEqual(await mine(base), 200, "this replica");
    } finally {
      await other.stop();
    }
  });
}

journey(51, "a newcomer registers in one click", "", { on: "changed" }, async (person) => {
  await person.open("");
  await person.login("newcomer");
  await person.press(person.page.locator(".me").getByRole("link", { name: "Register" }));
  await person.says(/stores/);
  await person.press(person.main().getByRole("button", { name: "Register" }));
  await person.page.waitForLoadState();
  await person.open("");
  await person.says("My results", person.page.locator(".me"));
});

journey(52, "another site cannot send a form", "", {}, async (person) => {
  const { page, base } = person;
  await person.open("");
  await person.login("alice");
  const cookies = (await page.context().cookies(base)).map(({ name, value }) => `${name}=${value}`).join("; ");
  const result = await resultOf(base, "svc2.xxl");
  const answer = await fetch(`${base}/ui/results/${result.id}/withdraw`, {
    method: "POST", redirect: "manual",
    headers: { Cookie: cookies, Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site", "Content-Type": "application/x-www-form-urlencoded" },
    body: "words=evil",
  });
  assert.equal(answer.status, 403);
});
