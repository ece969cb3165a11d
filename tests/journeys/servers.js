// Starts servers on demo data, or without any, each with a database of its own. They stop
// with this program.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, openSync } from "node:fs";
import { connect, createServer } from "node:net";
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
  ...(postgres() && { postgres: { DEMO: "true", SECRET_KEY: "of-all-replicas-of-the-journeys", ...postgres() } }),
};
const kept = {};

// server is the one server of a kind: sqlite, postgres, empty, or prefix.
export const server = (kind) => (kept[kind] ??= start(kinds[kind]));

// databases are the kinds of servers with demo data on which journeys that store something
// are made.
export const databases = ["sqlite", ...(postgres() ? ["postgres"] : [])];

// replica is another server on the database of the server with PostgreSQL. Its connections
// to the database can be cut.
// Both trust the provider of the first one.
export async function replica() {
  const { base } = await server("postgres");
  const settings = postgres();
  const open = new Set();
  const cable = createServer((near) => {
    const far = connect(Number(settings.DB_PORT), settings.DB_HOST);
    for (const end of [near, far]) {
      open.add(end);
      end.on("error", () => {});
      end.on("close", () => { open.delete(end); near.destroy(); far.destroy(); });
    }
    near.pipe(far).pipe(near);
  });
  await new Promise((resolve) => cable.listen(0, "127.0.0.1", resolve));
  const running = await start({ ...settings, SECRET_KEY: "of-all-replicas-of-the-journeys", TRUSTED_OP_LIST: `${base}/dev/oidc`, DB_HOST: "127.0.0.1", DB_PORT: String(cable.address().port) });
  return { ...running, cut: () => { cable.close(); for (const end of open) end.destroy(); } };
}

// mailbox is a mail server, which takes everything once it is open. Its port is known
// before.
export async function mailbox() {
  const port = await freePort();
  const mails = [];
  const open = () => new Promise((resolve) => {
    createServer((client) => {
      let text = "", inMail = false;
      client.on("error", () => {});
      client.write("220 mailbox ESMTP\r\n");
      client.on("data", (bytes) => {
        text += bytes;
        for (let end; (end = text.indexOf("\r\n")) >= 0;) {
          const line = text.slice(0, end);
          text = text.slice(end + 2);
          if (inMail) {
            if (line === ".") { inMail = false; client.write("250 taken\r\n"); } else mails[mails.length - 1] += `${line}\n`;
          } else if (/^DATA/i.test(line)) { inMail = true; mails.push(""); client.write("354 go on\r\n"); } else if (/^QUIT/i.test(line)) {
            client.end("221 bye\r\n");
          } else client.write("250 ok\r\n");
        }
      });
    }).listen(port, "127.0.0.1", resolve);
  });
  return { port: String(port), mails, open };
}
