"use strict";
// The provider has led back to this window. The API page, in another window of the same
// origin, waits for the answer. The address, which has the code, is forgotten.
(() => {
  const answer = Object.fromEntries(new URLSearchParams(location.search));
  history.replaceState(null, "", location.pathname);
  const channel = new BroadcastChannel("eosc-perf-api-login");
  channel.postMessage(answer);
  channel.close();
  window.close();
})();
