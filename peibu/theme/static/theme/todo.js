// Keys of the to-do list. The page works without them: everything is a link, a tick box or a button.
const list = document.querySelector("[data-todo]");
const toggle = document.querySelector("[data-todo-keys]");
const KEPT = "todo-keys";

// Single keys can be switched off (WCAG 2.1.4): speech input would press them by accident.
toggle.checked = localStorage.getItem(KEPT) !== "off";
toggle.addEventListener("change", () => localStorage.setItem(KEPT, toggle.checked ? "on" : "off"));

const rows = () => [...list.querySelectorAll(".todo-row")];
const current = () => document.activeElement?.closest?.(".todo-row");
const typing = (element) => element.matches?.("textarea, select, input:not([type=checkbox]), [contenteditable]");

function count() {
  const place = list.querySelector("[data-todo-count]");
  if (!place) return;
  const n = list.querySelectorAll("input[name=case]:checked").length;
  place.textContent = n ? place.dataset.todoCount.replace("{n}", n) : "";
  list.querySelector("button[type=submit]").disabled = n === 0;
}

function step(by) {
  const all = rows();
  const here = all.indexOf(current());
  const next = here < 0 ? (by > 0 ? 0 : all.length - 1) : here + by;
  all[next]?.querySelector(".todo-main a").focus();
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  x: () => current()?.querySelector("input[name=case]").click(),
  Enter: () => current().querySelector(".todo-main a").click(),
  "/": () => document.querySelector("[data-todo-search]").select(),
};

document.addEventListener("keydown", (event) => {
  if (!toggle.checked || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const act = KEYS[event.key];
  // Enter belongs to links and buttons themselves; on a tick box of a row it would send the form
  if (!act || (event.key === "Enter" && event.target.name !== "case")) return;
  event.preventDefault();
  act();
});
// on the way up after "select all" of app.js has ticked the boxes
document.addEventListener("change", (event) => {
  if (list.contains(event.target)) queueMicrotask(count);
});
window.addEventListener("pageshow", count);
