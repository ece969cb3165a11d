// Writes the pictures of the documentation into a folder: small ones, of pages of the demo data.
import { writeFileSync } from "node:fs";
import path from "node:path";
import { browser, cRay, cores, Person, resultOf } from "./room.js";
import { indexed } from "./png.js";
import { server } from "./servers.js";

const size = { width: 1200, height: 720 };

// shot opens pages as an account, lets work go on there, and takes a picture of the window.
async function shot(folder, name, { as, address, height = size.height, width = size.width }, work = async () => {}) {
  const { base } = await server("changed");
  const context = await (await browser()).newContext({ baseURL: base, viewport: { width, height }, colorScheme: "light" });
  const page = await context.newPage();
  const person = new Person(page, { base });
  if (as) {
    await person.open("");
    await person.login(as);
  }
  await person.open(address);
  await work(person, base);
  writeFileSync(path.join(folder, `${name}.png`), await indexed(context, await page.screenshot()));
  await context.close();
}

const file = (name, content) => ({ name, mimeType: "application/json", buffer: Buffer.from(JSON.stringify(content)) });

// check fills the form of an upload with a good and a bad file, and lets the server check them.
async function check(person, base) {
  const { page } = person;
  const { json } = await resultOf(base, "hpc.8core-16ram");
  const good = structuredClone(json), bad = structuredClone(json);
  good.result.score = 104.8;
  bad.result.score = "much";
  await person.choose(page.locator("#benchmark"), /openbench-c-ray/);
  await person.choose(page.locator("#site"), "CESNET-MCC");
  await page.locator("#flavor option", { hasText: "hpc.8core-16ram" }).waitFor({ state: "attached" });
  await person.choose(page.locator("#flavor"), /hpc\.8core-16ram/);
  await page.locator("#day").fill("2026-05-06");
  await page.locator("#time").fill("10:00");
  await page.locator("#file").setInputFiles([file("run1.json", good), file("run2.json", bad)]);
  await person.press(person.button("Check"));
  await page.getByRole("list", { name: "Files" }).waitFor();
  await page.evaluate(() => scrollTo(0, 0));
}

// writeManual writes all of them, and returns how many.
export async function writeManual(folder) {
  const question = `compare?benchmark=${cRay}`;
  const pictures = [
    ["front", { address: "" }],
    ["compare", { address: question }],
    ["baseline", { address: `${question}&base=CESNET-MCC/hpc.8core-16ram`, width: 1366 }],
    ["plot", { address: `${question}&view=plot` }],
    ["upload", { as: "alice", address: "upload", height: 900 }, check],
    ["review", { as: "admin", address: "review", height: 1160 }, async (person) => {
      await person.press(person.main().locator("ol li", { hasText: "claim" }).first().getByRole("link"));
      await person.page.locator("#reason").waitFor();
    }],
    ["administration", { as: "admin", address: "admin/users" }, async (person) => {
      await person.press(person.page.locator("tr", { hasText: "bob@example.org" }).getByRole("link", { name: "Remove" }));
      await person.page.locator("#confirm").waitFor();
      await person.page.evaluate(() => scrollTo(0, 0));
    }],
  ];
  for (const [name, options, work] of pictures) await shot(folder, name, options, work);
  return pictures.length;
}
