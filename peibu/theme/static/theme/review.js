// Keys of the review page of a claim. Everything they do is a link, a button or a field of the page too.
const toggle = document.querySelector("[data-review-keys]");
const help = document.getElementById("review-keys");
const KEPT = "todo-keys"; // switched off here, they are off in the to-do list as well

// Single keys can be switched off (WCAG 2.1.4): speech input would press them by accident.
toggle.checked = localStorage.getItem(KEPT) !== "off";
toggle.addEventListener("change", () => localStorage.setItem(KEPT, toggle.checked ? "on" : "off"));
document.querySelector("[data-review-hint]").hidden = false;

const lines = () => [...document.querySelectorAll(".claim-line")];
const current = () => document.activeElement?.closest?.(".claim-line");
const details = (line) => line?.querySelector(":scope > details");
const typing = (element) => element.matches?.("textarea, select, input:not([type=checkbox]), [contenteditable]");
const focus = (line) => line?.querySelector("summary").focus();

function step(by) {
  const all = lines();
  const here = all.indexOf(current());
  focus(all[here < 0 ? (by > 0 ? 0 : all.length - 1) : here + by]);
}

function open() {
  const fold = details(current());
  if (fold) fold.open = !fold.open;
}

// A line with something to look into is opened first; the second press says that it was looked at.
function mark() {
  const line = current();
  const form = line?.querySelector("form[data-look]");
  if (!form) return;
  if ("clean" in line.dataset || details(line).open) form.requestSubmit();
  else details(line).open = true;
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  o: open,
  a: mark,
  r: () => document.querySelector("textarea[data-return]")?.focus(),
  "?": () => help.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (!toggle.checked || event.ctrlKey || event.metaKey || event.altKey) return;
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  const act = KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

// After a mark the page comes back at the next line; the browser's own jump to the anchor would take the focus away again.
const place = location.hash.startsWith("#line-") && document.getElementById(location.hash.slice(1));
if (place) window.addEventListener("load", () => setTimeout(() => focus(place)));
