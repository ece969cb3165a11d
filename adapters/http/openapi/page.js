"use strict";
(() => {
  const page = document.getElementById("swagger-ui");
  const accounts = document.getElementById("accounts");
  const buttons = accounts ? [...accounts.querySelectorAll("button")] : [];
  const status = document.getElementById("token-status");
  let account = "";

  // Earlier versions of this page kept the token there.
  try {
    localStorage.removeItem("authorized");
  } catch {
    // without storage there is nothing to remove
  }

  function show(text) {
    for (const button of buttons) {
      button.setAttribute("aria-pressed", String(button.dataset.account === account));
    }
    status.textContent = text;
  }

  // withoutValues moves examples and defaults of parameters into their descriptions: the page
  // would send what it finds there.
  function withoutValues(spec) {
    const copy = JSON.parse(JSON.stringify(spec));
    for (const item of Object.values(copy.paths || {})) {
      for (const operation of Object.values(item)) {
        for (const parameter of (operation && operation.parameters) || []) {
          empty(parameter);
        }
      }
    }
    return copy;
  }

  function empty(parameter) {
    const notes = [parameter.description || ""];
    const holders = [parameter, parameter.schema, parameter.schema && parameter.schema.items].filter(Boolean);
    const first = (key) => holders.map((holder) => holder[key]).find((value) => value !== undefined);
    const text = (value) => (typeof value === "string" ? value : JSON.stringify(value));
    if (first("default") !== undefined) {
      notes.push("Default: `" + text(first("default")) + "`.");
    }
    if (first("example") !== undefined) {
      notes.push("Example: `" + text(first("example")) + "`.");
    }
    parameter.description = notes.filter(Boolean).join(" ");
    for (const holder of holders) {
      delete holder.example;
      delete holder.examples;
      delete holder.default;
    }
  }

  const plugin = {
    // A command for curl would show the token.
    wrapComponents: {
      curl: () => () => null,
      // Its link stands inside of a button.
      DeepLink: (original, system) => (properties) => system.React.createElement("span", null, properties.text),
      // The page would send an example that is in the field.
      RequestBodyEditor: (original, system) => (properties) =>
        system.React.createElement(
          "div",
          { "data-example": properties.defaultValue },
          system.React.createElement(original, { ...properties, defaultValue: "" }),
        ),
    },
    statePlugins: {
      spec: { wrapActions: { updateJsonSpec: (original) => (spec) => original(withoutValues(spec)) } },
      auth: {
        wrapActions: {
          authorize: (original) => (payload) => {
            show(account ? "Requests bear a token of " + account + "." : "Requests bear the token that was entered.");
            return original(payload);
          },
          logout: (original) => (names) => {
            account = "";
            show("Requests bear no token.");
            return original(names);
          },
        },
      },
    },
  };

  const ui = SwaggerUIBundle({
    url: new URL(page.dataset.document, location.href).href,
    domNode: page,
    deepLinking: true,
    presets: [SwaggerUIBundle.presets.apis],
    plugins: [() => plugin],
    layout: "BaseLayout",
    showExtensions: true,
    showCommonExtensions: true,
    validatorUrl: null,
    defaultModelsExpandDepth: -1,
    persistAuthorization: false,
    tryItOutEnabled: true,
  });

  // authorize gives the requests of the page a token.
  function authorize(value, of) {
    const schema = ui.specSelectors.specJson().getIn(["components", "securitySchemes", "bearerAuth"]);
    if (!schema) {
      throw new Error("the page is not loaded yet, try again");
    }
    account = of;
    ui.authActions.authorize({ bearerAuth: { name: "bearerAuth", schema, value } });
    account = "";
  }

  async function logIn(name) {
    const answer = await fetch(accounts.dataset.tokenUrl, {
      method: "POST",
      body: new URLSearchParams({ grant_type: "client_credentials", client_id: name, client_secret: accounts.dataset.secret }),
    });
    if (!answer.ok) {
      throw new Error("status " + answer.status);
    }
    const token = await answer.json();
    authorize(token.access_token, name);
  }

  for (const button of buttons) {
    const name = button.dataset.account;
    button.addEventListener("click", () => logIn(name).catch((problem) => show("No token of " + name + ": " + problem.message)));
  }

  const base64url = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

  // answerTo waits for the window in which the person logs in. Only the answer with the state
  // counts, and only if it names the provider where the provider names itself (RFC 9207).
  function answerTo(state, login) {
    return new Promise((resolve, reject) => {
      const channel = new BroadcastChannel("eosc-perf-api-login");
      const end = (then, value) => {
        clearTimeout(timer);
        channel.close();
        then(value);
      };
      const timer = setTimeout(() => end(reject, new Error("nobody logged in for ten minutes")), 600000);
      channel.onmessage = ({ data }) => {
        const named = data && (data.iss ? data.iss.replace(/\/$/, "") === login.issuer : !login.names_issuer);
        if (!named || data.state !== state) {
          return;
        }
        if (data.code) {
          end(resolve, data.code);
        } else {
          end(reject, new Error("the identity provider refused"));
        }
      };
    });
  }

  // authorizeAt gets a token by the authorization code flow with PKCE. Code, verifier and token
  // are in the memory of this page only.
  async function authorizeAt(issuer, popup) {
    const logins = document.getElementById("logins");
    const described = await fetch(logins.dataset.login + "?" + new URLSearchParams({ issuer }));
    if (!described.ok) {
      throw new Error("the identity provider cannot be used now");
    }
    const login = await described.json();
    const state = random();
    const verifier = random();
    const redirect = new URL(logins.dataset.callback, location.href).href;
    const challenge = base64url(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier)));
    const address = new URL(login.authorization_endpoint);
    for (const [key, value] of Object.entries({
      response_type: "code", client_id: login.client_id, redirect_uri: redirect, scope: login.scope, state, code_challenge: challenge,
      code_challenge_method: "S256",
    })) {
      address.searchParams.set(key, value);
    }
    const answer = answerTo(state, login);
    popup.location = address.href;
    const token = await fetch(login.token_endpoint, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "authorization_code", client_id: login.client_id, code: await answer, redirect_uri: redirect, code_verifier: verifier,
      }),
    });
    if (!token.ok) {
      throw new Error("status " + token.status);
    }
    authorize((await token.json()).access_token, "the person who logged in");
  }

  for (const button of document.querySelectorAll("#logins button")) {
    button.addEventListener("click", () => {
      // Browsers open windows at once after a click only.
      const popup = window.open("", "_blank");
      if (!popup) {
        show("The browser does not let the page open a window to log in.");
        return;
      }
      authorizeAt(button.dataset.issuer, popup).catch((problem) => {
        popup.close();
        show("No token: " + problem.message + ".");
      });
    });
  }

  // The page library names few of its fields for screen readers.
  function label() {
    for (const field of page.querySelectorAll("input:not([aria-label]), select:not([aria-label]), textarea:not([aria-label])")) {
      if (field.labels && field.labels.length > 0 && !field.closest(".servers")) {
        continue;
      }
      const row = field.closest("tr[data-param-name]");
      let name = field.closest(".responses-wrapper") ? "Media type of the answer" : "Media type of the body";
      if (row) {
        name = row.dataset.paramName;
      } else if (field.tagName === "TEXTAREA") {
        name = "Body";
      } else if (field.closest(".servers")) {
        name = "Server";
      }
      field.setAttribute("aria-label", name);
    }
    for (const editor of page.querySelectorAll("[data-example]")) {
      const field = editor.querySelector("textarea");
      if (field && field.placeholder === "") {
        field.placeholder = "For example:\n" + editor.dataset.example;
      }
    }
    for (const button of page.querySelectorAll(".copy-to-clipboard button:not([aria-label])")) {
      button.setAttribute("aria-label", "Copy");
    }
    // Who has no mouse scrolls with the keyboard.
    for (const box of page.querySelectorAll(".microlight:not([tabindex])")) {
      box.tabIndex = 0;
    }
  }
  new MutationObserver(label).observe(page, { childList: true, subtree: true });
})();
