// All journeys: node main.js. JOURNEYS=8,13 makes these only, JOURNEYS=checks the checks of
// all pages.
import { after } from "node:test";
import { browser } from "./room.js";
import "./front.js";
import "./compare.js";
import "./items.js";
import "./files.js";
import "./axe.js";

after(async () => {
  await (await browser()).close();
  process.exit(process.exitCode);
});
