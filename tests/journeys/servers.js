// Starts servers on demo data, or without any, each with a database of its own. They stop
// with this program.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, openSync } from "node:fs";
import { createServer } from "node:net";
import os from "node:os";
import path from "node:path";

const program = process.env.SERVER_PROGRAM;
const folder = mkdtempSync(path.join(os.tmpdir(), "journeys-"));
const running = [];

process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => process.exit(1));

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

// postgres are the settings for the database that scripts/with-postgres has started, null
// without one.
function postgres() {
  if (!process.env.TEST_POSTGRES_URL) return null;
  const url = new URL(process.env.TEST_POSTGRES_URL);
  return {
    DB_HOST: url.hostname, DB_PORT: url.port || "5432", DB_USER: decodeURIComponent(url.username),
    DB_PASSWORD: decodeURIComponent(url.password), DB_NAME: url.pathname.slice(1), DB_SSLMODE: "disable",
  };
}

let started = 0;

// start runs a server with these settings, and returns its address without a slash at the
// end, and a function that stops it.
export async function start(settings = {}) {
  const port = await freePort();
  const name = `server-${++started}`;
  const log = path.join(folder, `${name}.log`);
  const address = `127.0.0.1:${port}`;
  const child = spawn(program, [], {
    cwd: folder,
    env: {
      PATH: process.env.PATH, HOME: process.env.HOME, APP_ENV: "development", LISTEN_ADDRESS: address, DATA_DIR: path.join(folder, name),
      REQUEST_TIMEOUT: "50s", QUERY_TIMEOUT: "30s", SHUTDOWN_DELAY: "1ms", ...settings,
    },
    stdio: ["ignore", openSync(log, "w"), openSync(log, "a")],
  });
  running.push(child);
  const ended = new Promise((resolve) => child.on("exit", resolve));
  let exit;
  ended.then((code) => { exit = code ?? "a signal"; });
  for (const deadline = Date.now() + 90_000; ;) {
    if (exit !== undefined) throw new Error(`the server ended with ${exit}:\n${readFileSync(log, "utf8")}`);
    const ready = await fetch(`http://${address}/readyz`).then((answer) => answer.ok, () => false);
    if (ready) break;
    if (Date.now() > deadline) throw new Error(`the server does not start:\n${readFileSync(log, "utf8")}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    base: `http://${address}`,
    log: () => readFileSync(log, "utf8"),
    stop: () => { child.kill("SIGTERM"); return ended; },
  };
}

const kinds = {
  sqlite: { DEMO: "true" },
  empty: {},
  // On this one the journeys may store what they like.
  "changed": { DEMO: "true" },
  prefix: { DEMO: "true", BACKEND_ROUTE: "/api/v1/", START_PAGE: "ui" },
  ...(postgres() && { postgres: { DEMO: "true", ...postgres() } }),
};
const kept = {};

// server is the one server of a kind: sqlite, postgres, empty, or prefix.
export const server = (kind) => (kept[kind] ??= start(kinds[kind]));

// databases are the kinds of servers with demo data on which journeys that store something
// are made.
export const databases = ["sqlite", ...(postgres() ? ["postgres"] : [])];
