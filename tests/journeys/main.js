// All journeys: node main.js. JOURNEYS=8,13 makes these only, JOURNEYS=checks the checks of
// all pages, JOURNEYS=firefox the reading in Firefox, JOURNEYS=places the places that come later.
import { after } from "node:test";
import { close } from "./room.js";
import "./front.js";
import "./compare.js";
import "./plots.js";
import "./results.js";
import "./items.js";
import "./files.js";
import "./session.js";
import "./send.js";
import "./review.js";
import "./forms.js";
import "./axe.js";
import "./firefox.js";

after(async () => {
  await close();
  process.exit(process.exitCode);
});
