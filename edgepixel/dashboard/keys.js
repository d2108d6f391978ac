// SPDX-License-Identifier: Apache-2.0
// Keyboard shortcuts. Every page works without them: a key follows or opens what carries its name.
const names = { f: "filter", b: "back to the dashboard", "?": "this list" };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
  if (event.key === "?") return list();
  const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!target) return;
  event.preventDefault();
  target.click();
  if (target.matches("summary")) target.parentElement.querySelector("select, input").focus();
});

function list() {
  const dialog = document.createElement("dialog");
  const keys = [...document.querySelectorAll("[data-key]")].map((one) => [one.dataset.key, one.textContent.trim()]);
  for (const [key, title] of [...keys, ["?", names["?"]]]) {
    const line = document.createElement("p");
    const name = document.createElement("kbd");
    name.textContent = key;
    line.append(name, ` ${title}`);
    dialog.append(line);
  }
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
