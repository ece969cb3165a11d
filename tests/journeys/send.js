// Journeys 53 to 60: upload, and what is one's own.
import assert from "node:assert/strict";
import { api, databases, journey, resultOf } from "./room.js";

let uploads = 0;

// document is a result that nobody has sent yet.
async function document(base, seconds) {
  const found = await resultOf(base, "hpc.8core-16ram");
  const copy = structuredClone(found.json);
  copy.result.score = seconds;
  copy.result.all_results = `${seconds}:${seconds + 0.1}:${seconds + 0.2}`;
  copy.test_id = `journey ${++uploads} of ${process.pid}`;
  return copy;
}

const file = (name, content) => ({ name, mimeType: "application/json", buffer: Buffer.from(typeof content === "string" ? content : JSON.stringify(content)) });

// filled is the upload form with everything but files.
async function filled(person, flavor = /hpc\.8core-16ram/) {
  const { page } = person;
  await person.open("upload");
  if (await page.locator(".me").getByRole("link", { name: "Log in" }).count()) await person.login("alice");
  await person.choose(page.locator("#benchmark"), /openbench-c-ray/);
  await person.choose(page.locator("#site"), "CESNET-MCC");
  if (!await page.locator("#flavor option", { hasText: "hpc.8core-16ram" }).count()) {
    await person.press(person.button("Show the flavors of this site"));
  }
  await person.choose(page.locator("#flavor"), flavor);
  await page.getByRole("link", { name: "Add a flavor" }).waitFor(); // with script, too
  await page.locator("#day").fill("2026-05-06");
  await page.locator("#time").fill(`10:${String(uploads % 60).padStart(2, "0")}:00`);
}

const total = async (base) => (await api(base, "GET", "/results?per_page=1")).total;
const changed = databases.map((kind) => kind === "sqlite" ? "changed" : kind);

journey(53, "one file is checked and sent", "nkp", { on: changed }, async (person) => {
  const { page, base } = person;
  const before = await total(base);
  await filled(person);
  await page.locator("#file").setInputFiles([file("run1.json", await document(base, 104))]);
  await person.press(person.button("Check"));
  await page.getByRole("list", { name: "Files" }).waitFor();
  await person.says(/run1\.json ok, 104 s/);
  await person.press(page.getByRole("button", { name: /^Send/ }));
  await person.says(/1 result in the record/);
  assert.equal(await total(base), before + 1);
  await person.press(person.main().getByRole("link", { name: /c-ray/ }).first());
  await person.page.waitForURL(/\/ui\/results\//);
  await person.says("c-ray 104 s", page.locator("h1"));
});

journey(54, "of three files the bad one is named, and two are sent", "n", { on: "changed" }, async (person) => {
  const { page, base } = person;
  const before = await total(base);
  await filled(person);
  const bad = await document(base, 105);
  bad.result.score = "much";
  await page.locator("#file").setInputFiles([
    file("run1.json", await document(base, 106)), file("run2.json", bad), file("run3.json", await document(base, 107)),
  ]);
  await person.press(person.button("Check"));
  await page.getByRole("list", { name: "Files" }).waitFor();
  await person.says(/score/, page.locator(".files li", { hasText: "run2.json" }).first());
  await person.says("2 of 3 can be sent.");
  await person.press(page.getByRole("button", { name: /^Send 2 of 3/ }));
  await page.waitForLoadState();
  await person.says(/2 results in the record/);
  assert.equal(await total(base), before + 2);
});

journey(55, "what is no JSON is said to be none, and where", "n", { on: "changed" }, async (person) => {
  const { page } = person;
  await filled(person);
  await page.locator("#file").setInputFiles([file("run.json", '{\n  "machine": {,\n}')]);
  await person.press(person.button("Check"));
  await page.getByRole("list", { name: "Files" }).waitFor();
  await person.says(/line 2/);
  assert.equal(await page.locator("#site").evaluate((e) => e.selectedOptions[0].textContent.trim()), "CESNET-MCC", "the form stays");
});

journey(56, "another site has other flavors: none of them is chosen", "nk", { on: "changed" }, async (person) => {
  const { page } = person;
  await filled(person);
  await person.choose(page.locator("#site"), "CESGA");
  await person.press(person.button("Show the flavors of this site"));
  await page.waitForLoadState();
  const options = await page.locator("#flavor option").allTextContents();
  assert.ok(options.some((text) => /cor1mem2hd10/.test(text)) && !options.some((text) => /hpc\.8core/.test(text)), options.join(" | "));
  assert.equal(await page.locator("#flavor").inputValue(), "");
});

journey(57, "a time has a zone: UTC is chosen, and none is impossible", "n", { on: "changed" }, async (person) => {
  const { page, base } = person;
  await filled(person);
  assert.equal((await page.locator("#zone").evaluate((e) => e.selectedOptions[0].textContent)).trim(), "UTC");
  assert.equal(await page.locator('#zone option[value=""]:not([selected])').count(), 0);
  await person.choose(page.locator("#zone"), /UTC\+02:00/);
  await page.locator("#file").setInputFiles([file("run.json", await document(base, 108))]);
  await person.press(page.getByRole("button", { name: /^Send/ }));
  await page.waitForLoadState();
  await person.says(/1 result in the record/);
  await person.press(person.main().getByRole("link", { name: /c-ray/ }).first());
  await person.says(/2026-05-06 08:/);
});

journey(58, "a form that is sent twice makes one result", "n", { on: changed }, async (person) => {
  const { page, base } = person;
  const before = await total(base);
  await filled(person);
  await page.locator("#file").setInputFiles([file("run.json", await document(base, 109))]);
  await person.press(person.button("Check"));
  await page.getByRole("list", { name: "Files" }).waitFor();
  const body = await page.locator("form[data-warn]").evaluate((form) => {
    const fields = [...form.elements].filter((e) => e.name && e.type !== "file" && e.type !== "submit" && !e.matches("button"));
    return fields.map((e) => [e.name, e.value]);
  });
  const cookies = (await page.context().cookies(base)).map(({ name, value }) => `${name}=${value}`).join("; ");
  const post = () => {
    const form = new FormData();
    for (const [name, value] of [...body, ["do", "send"]]) form.append(name, value);
    return fetch(`${base}/ui/upload`, { method: "POST", body: form, headers: { Cookie: cookies, Origin: base, "Sec-Fetch-Site": "same-origin" } });
  };
  const answers = [await post(), await post()];
  assert.deepEqual(answers.map(({ status }) => status), [200, 200]);
  assert.equal(await total(base), before + 1);
});

journey(59, "a duplicate is named, with its result", "", { on: "changed" }, async (person) => {
  const { page, base } = person;
  await filled(person);
  const same = await document(base, 110);
  for (const again of [false, true]) {
    if (again) await filled(person);
    await page.locator("#time").fill("11:11:11");
    await page.locator("#file").setInputFiles([file("run.json", same)]);
    await person.press(person.button("Check"));
    await page.getByRole("list", { name: "Files" }).waitFor();
    if (again) break;
    await person.press(page.getByRole("button", { name: /^Send/ }));
    await page.waitForLoadState();
    await person.says(/1 result in the record/);
  }
  await person.says(/Already here:\s+result/);
});

journey(60, "an uploader withdraws a result, and says why", "n", { on: "changed" }, async (person) => {
  const { page, base } = person;
  const result = await resultOf(base, "standard.medium");
  await person.open(`results/${result.id}/withdraw`);
  if (await page.locator(".me").getByRole("link", { name: "Log in" }).count()) await person.login("alice");
  await person.fill(page.locator("#words"), "wrong flavor");
  await person.press(page.locator("form.narrow").getByRole("button").first());
  await page.waitForLoadState();
  await person.open(`results/${result.id}`);
  await person.says(/Withdrawn by its uploader: wrong flavor/);
  await person.open("my");
  await person.says(/Withdrawn [1-9]/);
  await api(base, "POST", `/results/${result.id}:restore`, { as: "alice" });
});
