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
    wrapComponents: { curl: () => () => null },
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

  async function logIn(name) {
    const answer = await fetch(accounts.dataset.tokenUrl, {
      method: "POST",
      body: new URLSearchParams({ grant_type: "client_credentials", client_id: name, client_secret: accounts.dataset.secret }),
    });
    if (!answer.ok) {
      throw new Error("status " + answer.status);
    }
    const token = await answer.json();
    const schema = ui.specSelectors.specJson().getIn(["components", "securitySchemes", "bearerAuth"]);
    if (!schema) {
      throw new Error("the page is not loaded yet, try again");
    }
    account = name;
    ui.authActions.authorize({ bearerAuth: { name: "bearerAuth", schema, value: token.access_token } });
    account = "";
  }

  for (const button of buttons) {
    const name = button.dataset.account;
    button.addEventListener("click", () => logIn(name).catch((problem) => show("No token of " + name + ": " + problem.message)));
  }

  // The page library names few of its fields for screen readers.
  function label() {
    for (const field of page.querySelectorAll("input:not([aria-label]), select:not([aria-label]), textarea:not([aria-label])")) {
      if (field.labels && field.labels.length > 0) {
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
  }
  new MutationObserver(label).observe(page, { childList: true, subtree: true });
})();
