// The shape of EGI Check-in, which is a Keycloak, for provider.js: an issuer with a path,
// Keycloak's endpoints and scopes, access tokens that are JWTs with typ, azp and the scope as one
// text, but without audience, e-mail address and entitlements, which userinfo has, and refresh
// tokens for offline_access.
import { createHash, createPrivateKey, randomUUID, sign } from "node:crypto";

export const path = "/auth/realms/egi";

const group = "urn:mace:egi.eu:group:perf.egi.eu";
const endpoint = (name) => `/protocol/openid-connect/${name}`;

export const configuration = {
  routes: {
    authorization: endpoint("auth"), token: endpoint("token"), userinfo: endpoint("userinfo"), jwks: endpoint("certs"),
    introspection: endpoint("token/introspect"), end_session: endpoint("logout"), revocation: endpoint("revoke"),
  },
  scopes: ["openid", "offline_access"],
  claims: {
    openid: ["sub"], profile: ["name", "preferred_username"], email: ["email", "email_verified"], voperson_id: ["voperson_id"],
    eduperson_entitlement: ["eduperson_entitlement"],
  },
  issueRefreshToken: async (_ctx, _client, code) => code.scopes.has("offline_access"),
};

// claims are those of userinfo. The subject is like d7a0...@egi.eu.
export function claims(sub) {
  const name = sub.split("@")[0];
  return {
    sub, voperson_id: sub, name: `${name[0].toUpperCase()}${name.slice(1)} of Check-in`, preferred_username: name,
    email: `${name}@example.org`, email_verified: true,
    eduperson_entitlement: [
      `${group}:role=member#aai.egi.eu`, "urn:mace:egi.eu:group:other.egi.eu:admins:role=member#aai.egi.eu",
      ...(name === "root" ? [`${group}:admins:role=member#aai.egi.eu`] : []),
    ],
  };
}

// Of each JWT that was issued, the opaque token that the library knows it by; and the last of a person.
const opaque = new Map();
export const issued = {};

function signed(key, payload) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const text = `${part({ alg: key.alg, typ: "JWT", kid: key.kid })}.${part(payload)}`;
  return `${text}.${sign("sha256", Buffer.from(text), createPrivateKey({ key, format: "jwk" })).toString("base64url")}`;
}

// tokens replaces the access token of an answer by a JWT, and the ID token by one of the same shape.
function tokens(answer, issuer, key, sub, client) {
  const now = Math.floor(Date.now() / 1000);
  const session = randomUUID();
  const token = signed(key, {
    exp: now + answer.expires_in, iat: now, auth_time: now, jti: `onrtac:${randomUUID()}`, iss: issuer, sub, typ: "Bearer", azp: client,
    session_state: session, sid: session, scope: answer.scope,
  });
  opaque.set(token, answer.access_token);
  issued[sub] = { jwt: token, opaque: answer.access_token };
  answer.access_token = token;
  if (answer.id_token) {
    const payload = JSON.parse(Buffer.from(answer.id_token.split(".")[1], "base64url"));
    const half = createHash("sha256").update(token).digest().subarray(0, 16);
    answer.id_token = signed(key, {
      ...payload, typ: "ID", azp: client, auth_time: now, session_state: session, sid: session, at_hash: half.toString("base64url"),
    });
  }
}

// shape is middleware of the library.
export function shape(issuer, key) {
  return async (ctx, next) => {
    const bearer = ctx.headers.authorization?.replace(/^Bearer /, "");
    if (opaque.has(bearer)) ctx.headers.authorization = `Bearer ${opaque.get(bearer)}`;
    // The library wants to be asked for consent to offline_access; Keycloak does not.
    if (ctx.path === endpoint("auth")) {
      ctx.query = { ...ctx.query, prompt: "consent" };
      ctx.req.originalUrl = path + ctx.url;
    }
    await next();
    if (ctx.oidc?.route === "token" && ctx.body?.access_token) {
      tokens(ctx.body, issuer, key, ctx.oidc.entities.Account.accountId, ctx.oidc.client.clientId);
    }
  };
}
