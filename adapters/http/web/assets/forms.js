
// What is said to be wrong is marked at its field.
for (const a of all("#faults a")) $(a.hash)?.setAttribute("aria-invalid", "true");

// Leaving a filled form asks first.
for (const form of all("form[data-warn]")) {
  let changed = false;
  form.addEventListener("input", () => changed = true);
  form.addEventListener("submit", () => changed = false);
  addEventListener("beforeunload", (e) => { if (changed) e.preventDefault(); });
  // Log in at the top keeps what was entered, as that of the form does.
  const keep = $("button[value=login]");
  $('.me a[href*="login?"]')?.addEventListener("click", (e) => { if (changed && keep) { e.preventDefault(); keep.click(); } });
}

// Files can be dropped.
for (const area of all(".drop")) {
  const input = $("input[type=file]", area);
  for (const type of ["dragenter", "dragover", "dragleave", "drop"]) area.addEventListener(type, (e) => {
    e.preventDefault(); area.classList.toggle("over", type.startsWith("drage") || type === "dragover");
    if (type === "drop") { area.classList.remove("over"); input.files = e.dataTransfer.files; }
  });
}

// Another site has other flavors: they come from the same page.
const site = $("#site"), flavor = $("#flavor");
if (site && flavor && "flavors" in site.dataset) site.addEventListener("change", async () => {
  const chosen = site.value;
  flavor.replaceChildren(new Option("…", ""));
  const answer = await fetch("upload?site=" + encodeURIComponent(chosen));
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (site.value !== chosen) return;
  flavor.replaceChildren(...all("#flavor option", page).map((o) => new Option(o.text, o.value)));
  flavor.value = "";
  $("#ways")?.replaceChildren(...($("#ways", page)?.childNodes ?? []));
});
