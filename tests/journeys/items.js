// Journeys 43 to 46: the pages of one thing.
import assert from "node:assert/strict";
import { api, check, journey, resultOf, visit } from "./room.js";
import { start } from "./servers.js";

journey(43, "a result shows its document, its hash and its place", "np", {}, async (person) => {
  const { page, base } = person;
  const result = await resultOf(base, "svc2.xxl");
  await person.open(`results/${result.id}`);
  await person.says(/c-ray 28\.\d s/, page.locator("h1"));
  await person.says("32 cores");
  await person.says(/place \d+(-\d+)? of 20/);
  await person.says("EPYC");
  const document = page.getByRole("region", { name: "Document" }).or(page.locator("section[aria-labelledby=document]")).first();
  await person.says(/brand_raw/, document);
  await person.says(/[0-9a-f]{64}/);
  const names = await page.getByRole("heading", { level: 2 }).allTextContents();
  for (const name of ["Document", "Provenance", "History"]) assert.ok(names.includes(name), `${name} among ${names}`);
});

journey(44, "a claimed and a withdrawn result say so above everything", "n", { on: "changed" }, async (person) => {
  const { base } = person;
  const flavors = person.variant === "n" ? ["cm4.large", "cm4.4xlarge"] : ["standard.small", "standard.large"];
  const [claimed, withdrawn] = await Promise.all(flavors.map((flavor) => resultOf(base, flavor)));
  await api(base, "POST", `/results/${claimed.id}:claim`, { as: "bob", body: { message: "broken run" } });
  await api(base, "POST", `/results/${withdrawn.id}:withdraw`, { as: "alice", body: { reason: "wrong flavor" } });
  await person.open(`results/${claimed.id}`);
  await person.says(/Under claim since \d{4}-\d{2}-\d{2}/);
  await person.says(/in no list or comparison/);
  await person.open(`results/${withdrawn.id}`);
  await person.says(/Withdrawn by its uploader: wrong flavor/);
});

journey(45, "the pages of a site, a flavor and a benchmark lead to each other", "np", {}, async (person) => {
  const { page, base } = person;
  await person.open("sites");
  await person.press(person.main().getByRole("link", { name: "CESNET-MCC" }).first());
  await person.says("hpc.8core-16ram");
  await person.press(person.main().getByRole("link", { name: "hpc.8core-16ram" }).first());
  await person.says(/10[56]/);
  await person.says(/Skylake/i);
  await person.press(person.main().getByRole("link", { name: /c-ray/ }).first());
  await page.waitForURL(/benchmarks\//);
  await person.says(/lower is better/);
  await person.says("machine.cpu.count");
  await person.says("100 %");
  await person.press(person.main().getByRole("link", { name: "CESNET-MCC" }).first());
  await page.waitForURL(/sites\//);
  await person.says("hpc.8core-16ram", page.locator("main table"));
});

journey(46, "a flavor whose results name two processors warns", "", { on: "changed" }, async (person) => {
  const { base } = person;
  const result = await resultOf(base, "hpc.8core-16ram");
  const document = structuredClone(result.json);
  document.machine.cpu.brand_raw = "Some Other Processor";
  const query = new URLSearchParams({
    execution_datetime: "2026-01-02T10:00:00Z", benchmark_id: result.benchmark.id, flavor_id: result.flavor.id,
  });
  await api(base, "POST", `/results?${query}`, { as: "alice", body: document });
  await person.open(`flavors/${result.flavor.id}`);
  await person.says(/2 different processors/);
  await person.says("Some Other Processor");
});

check("places for which pages do not wait come with the script, and by a link without it", async () => {
  const { base, stop } = await start({ DEMO: "true" });
  const [result, claimed] = await Promise.all(["svc2.xxl", "hpc.8core-16ram"].map((flavor) => resultOf(base, flavor)));
  await api(base, "POST", `/results/${claimed.id}:claim`, { as: "bob", body: { message: "broken run" } });
  const upload = (n, from) => api(base, "POST", "/results:batch", { as: "alice", body: Array.from({ length: n }, (_, i) => ({
    execution_datetime: new Date(Date.UTC(2020, 0, 1, 0, 0, from + i)).toISOString(), benchmark_id: result.benchmark.id,
    flavor_id: result.flavor.id, json: result.json,
  })) });
  await upload(1000, 0);
  const pages = [
    [`results/${result.id}`, "among all flavors", /place \d+(-\d+)? of 20 flavors/],
    [`flavors/${result.flavor.id}`, "among all flavors", /Place \d+(-\d+)? of 20 flavors|\d+(-\d+)? of 20 flavors/],
    [`sites/${result.site.id}`, "Places among all flavors", /\d+(-\d+)? of 20/],
    [`benchmarks/${result.benchmark.id}`, "Medians of all flavors", /20 flavors at \d sites, .* s/],
    ["review", "Its place among all flavors", /All flavors of the benchmark are between/],
  ];
  // show opens a page; that of a claim is behind the list of what waits.
  const show = async (person, address) => {
    await person.open(address === "review" ? "" : address);
    if (address !== "review") return;
    await person.login("admin");
    await person.open(address);
    await person.main().locator("li", { hasText: "broken run" }).getByRole("link").click();
  };
  for (const [i, [address, link, place]] of pages.entries()) {
    await visit({ on: () => ({ base }), variant: "n" }, async (person) => {
      await show(person, address);
      await person.press(person.page.getByRole("link", { name: link }));
      await person.says(place);
    });
    for (const variant of ["", "p"]) {
      await upload(1, 2000 + 10 * i + variant.length); // the place is not at hand any more
      await visit({ on: () => ({ base }), variant }, async (person) => {
        const asked = person.page.waitForResponse((answer) => answer.url().endsWith("?places=1"));
        await show(person, address);
        assert.equal((await asked).status(), 200);
        await person.page.locator("[data-later]").waitFor({ state: "detached" });
        await person.says(place);
        const { scrollWidth, innerWidth } = await person.page.evaluate(() => ({ scrollWidth: document.documentElement.scrollWidth, innerWidth }));
        assert.ok(scrollWidth <= innerWidth, `${address} scrolls sideways: ${scrollWidth} of ${innerWidth}`);
        if (process.env.PICTURES) await person.page.screenshot({ path: `${process.env.PICTURES}/places${i}${variant}.png`, fullPage: true });
      });
    }
    await upload(1, 3000 + i);
  }
  await stop();
}, "places");
