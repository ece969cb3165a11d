// The pages that checks and pictures look at.
import { cRay, cores, resultOf } from "./room.js";

// pages are the public pages with their budgets in KB: HTML, and HTML with gzip.
export async function pages(base) {
  const result = await resultOf(base, "svc2.xxl");
  const question = `benchmark=${cRay}`;
  return [
    ["front", "", 15, 4],
    ["compare", `compare?${question}`, 70, 12],
    ["compare-cores", `compare?${question}&${cores(8)}&base=CESNET-MCC/hpc.8core-16ram&scale=near`, 70, 12],
    ["compare-plot", `compare?${question}&view=plot`, 72, 14],
    ["compare-spread", `compare?${question}&view=spread`, 70, 12],
    ["compare-trend", `compare?${question}&view=trend`, 72, 14],
    ["results", `results?${question}`, 60, 9],
    ["results-sorted", `results?${question}&col=run&col=flavor&col=json.result.score&sort=json.result.score`, 60, 9],
    ["compare-nothing", `compare?${question}&site=NOWHERE&json.machine.cpu.count=7`, 70, 12],
    ["result", `results/${result.id}`, 40, 8],
    ["claim", `results/${result.id}/claim`, 40, 8],
    ["benchmarks", "benchmarks", 40, 8],
    ["benchmark", `benchmarks/${result.benchmark.id}`, 40, 8],
    ["benchmark-new", "benchmarks/new", 40, 8],
    ["sites", "sites", 40, 8],
    ["site", `sites/${result.site.id}`, 40, 8],
    ["site-new", "sites/new", 40, 8],
    ["flavor", `flavors/${result.flavor.id}`, 40, 8],
    ["flavor-new", `sites/${result.site.id}/flavors/new`, 40, 8],
    ["nothing", "there-is-no-such-page", 40, 8],
  ];
}

// personalPages are those of people who have logged in, by their account.
export async function personalPages(base) {
  const result = await resultOf(base, "svc2.xl");
  return {
    alice: [["upload", "upload"], ["my", "my"], ["withdraw", `results/${result.id}/withdraw`], ["sessions", "sessions"]],
    admin: [["review", "review"], ["admin", "admin"], ["admin-users", "admin/users"], ["admin-outbox", "admin/outbox"], ["admin-settings", "admin/settings"]],
  };
}
