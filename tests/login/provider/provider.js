// An OpenID provider that is not ours, for tests: npm's oidc-provider, on the port and with
// the redirect addresses of the command line. PUT /control changes how it behaves, and GET
// /control tells what it has seen. What it knows is in the file of the command line, so that it
// knows that again after it was killed. With "check-in" at the end of the command line it has the
// shape of EGI Check-in, and GET /control/tokens has the last access tokens of each person.
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import Provider from "oidc-provider";

const [port, publicURL, file, shape] = process.argv.slice(2);
const checkIn = shape === "check-in" ? await import("./checkin.js") : undefined;
const path = checkIn?.path || "";
const issuer = `http://127.0.0.1:${port}${path}`;
const entitlement = "urn:mace:example.org:group:perf:admins";

// What the test changes.
const control = { slow: 0, down: false, disabled: [] };
const seen = { refreshes: 0, refused: 0 };

// memory outlives a rotation of the keys.
let memory = new Map();
let grants = new Map();
let signing = key();

if (existsSync(file)) {
  const known = JSON.parse(readFileSync(file, "utf8"));
  [memory, grants, signing] = [new Map(known.memory), new Map(known.grants), known.signing];
}

function store() {
  writeFileSync(`${file}.new`, JSON.stringify({ memory: [...memory], grants: [...grants], signing }));
  renameSync(`${file}.new`, file);
}

class Adapter {
  constructor(model) {
    this.model = model;
  }
  key(id) {
    return `${this.model}:${id}`;
  }
  async upsert(id, payload) {
    memory.set(this.key(id), { ...payload });
    if (payload.uid) memory.set(`uid:${payload.uid}`, id);
    if (payload.grantId) grants.set(payload.grantId, [...(grants.get(payload.grantId) || []), this.key(id)]);
    store();
  }
  async find(id) {
    const found = memory.get(this.key(id));
    return found && { ...found };
  }
  async findByUid(uid) {
    return this.find(memory.get(`uid:${uid}`));
  }
  async findByUserCode() {}
  async consume(id) {
    memory.get(this.key(id)).consumed = Math.floor(Date.now() / 1000);
    store();
  }
  async destroy(id) {
    memory.delete(this.key(id));
    store();
  }
  async revokeByGrantId(grantId) {
    for (const key of grants.get(grantId) || []) memory.delete(key);
    store();
  }
}

function key() {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { ...privateKey.export({ format: "jwk" }), kid: randomUUID(), use: "sig", alg: "RS256" };
}

function account(sub) {
  if (control.disabled.includes(sub)) return undefined;
  return {
    accountId: sub,
    claims: async () => checkIn?.claims(sub) || ({
      sub, name: `${sub[0].toUpperCase()}${sub.slice(1)} of the other provider`, email: `${sub}@example.org`, email_verified: true,
      eduperson_entitlement: sub === "root" ? [entitlement] : [],
    }),
  };
}

function provider() {
  const made = new Provider(issuer, {
    adapter: Adapter,
    clients: [
      {
        client_id: "perf", client_secret: "the secret of the client", grant_types: ["authorization_code", "refresh_token"],
        redirect_uris: [`${publicURL}/ui/login/callback`], post_logout_redirect_uris: [`${publicURL}/ui/logout`],
      },
      {
        client_id: "public", token_endpoint_auth_method: "none", application_type: "native",
        grant_types: ["authorization_code", "refresh_token"],
        redirect_uris: [`${publicURL}/ui/login/callback`, `${publicURL}/swagger-ui/callback.html`],
      },
    ],
    clientBasedCORS: (_ctx, origin) => origin === publicURL,
    cookies: { keys: ["a key of the provider"] },
    claims: { openid: ["sub"], profile: ["name"], email: ["email", "email_verified"], eduperson_entitlement: ["eduperson_entitlement"] },
    features: {
      devInteractions: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: async (ctx, form) => {
          ctx.body = `<!doctype html><title>Log out</title>${form}<button type="submit" form="op.logoutForm" value="yes" name="logout">Yes</button>`;
        },
      },
      introspection: { enabled: true },
    },
    findAccount: async (_ctx, sub) => account(sub),
    issueRefreshToken: async () => true,
    rotateRefreshToken: true,
    jwks: { keys: [signing] },
    pkce: { required: () => true },
    // Access tokens are renewed half a minute before their end: here after two seconds.
    ttl: { AccessToken: 32, AuthorizationCode: 60, IdToken: 300, Interaction: 600, Session: 3600, Grant: 3600, RefreshToken: 3600 },
    ...checkIn?.configuration,
  });
  if (checkIn) made.use(checkIn.shape(issuer, signing));
  made.on("grant.success", (ctx) => {
    if (ctx.oidc.params.grant_type === "refresh_token") seen.refreshes++;
  });
  made.on("grant.error", () => seen.refused++);
  return made.callback();
}

let serve = provider();

async function change(request, response) {
  if (request.method === "PUT") {
    let text = "";
    for await (const part of request) text += part;
    const { rotate, forget, ...changes } = JSON.parse(text);
    Object.assign(control, changes);
    if (forget) [memory, grants] = [new Map(), new Map()];
    if (rotate) signing = key();
    store();
    if (rotate || forget) serve = provider();
  }
  response.setHeader("Content-Type", "application/json");
  response.end(JSON.stringify(seen));
}

createServer(async (request, response) => {
  if (request.url === "/control") {
    await change(request, response);
    return;
  }
  if (control.down) {
    request.socket.destroy();
    return;
  }
  if (checkIn && request.url === "/control/tokens") {
    response.end(JSON.stringify(checkIn.issued));
    return;
  }
  if (!request.url.startsWith(path)) {
    response.writeHead(404).end();
    return;
  }
  request.originalUrl = request.url;
  request.url = request.url.slice(path.length);
  if (control.slow) await new Promise((resolve) => setTimeout(resolve, control.slow));
  serve(request, response);
}).listen(Number(port), "127.0.0.1", () => console.log("ready"));
