// Small behaviours, no build step. Everything here improves a page that already works without it.
document.documentElement.classList.add("js");

const on = (type, selector, act) =>
  document.addEventListener(type, (event) => {
    const element = event.target.closest?.(selector);
    if (element) act(element, event);
  });

// The menu of the desk and the portal on narrow screens.
function setMenu(open) {
  document.body.classList.toggle("menu-open", open);
  for (const button of document.querySelectorAll("[data-menu-button]")) button.setAttribute("aria-expanded", open);
  if (open) document.querySelector("[data-menu] a")?.focus();
}
on("click", "[data-menu-button]", () => setMenu(!document.body.classList.contains("menu-open")));
on("click", "[data-menu-close]", () => setMenu(false));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  if (document.body.classList.contains("menu-open")) {
    setMenu(false);
    document.querySelector("[data-menu-button]")?.focus();
  }
  for (const open of document.querySelectorAll("details[data-popup][open]")) {
    open.open = false;
    open.querySelector("summary").focus();
  }
});
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details[data-popup][open]")) {
    if (!open.contains(event.target)) open.open = false;
  }
});

// Alerts can be put away.
on("click", "[data-dismiss]", (button) => button.closest(".note").remove());

// Confirmation dialogs: <button data-opens="id"> and <dialog id>.
on("click", "[data-opens]", (button) => document.getElementById(button.dataset.opens).showModal());
on("click", "[data-closes]", (button) => button.closest("dialog").close());

// A form is sent once, however often the button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  for (const button of form.querySelectorAll("button[type=submit], button:not([type])")) button.setAttribute("aria-busy", "true");
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  }
});

// Moving the selection in a [data-auto] form sends it.
on("change", "form[data-auto] select", (select) => select.form.requestSubmit());

// File fields show what was chosen, with its size, and say at once when a file is too big.
const size = (bytes) => (bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1048576).toFixed(1)} MB`);
on("change", ".drop input[type=file]", (input) => {
  const drop = input.closest(".drop");
  const list = drop.querySelector(".chosen");
  const limit = Number(drop.dataset.max || 0);
  list.replaceChildren();
  input.setCustomValidity("");
  for (const file of input.files) {
    const row = document.createElement("li");
    const note = document.createElement("span");
    note.className = "muted";
    note.textContent = ` ${size(file.size)}`;
    row.append(file.name, note);
    list.append(row);
    if (limit && file.size > limit) input.setCustomValidity(drop.dataset.tooBig);
  }
  if (input.validationMessage) input.reportValidity();
});
for (const type of ["dragenter", "dragover"]) on(type, ".drop", (drop) => drop.classList.add("over"));
for (const type of ["dragleave", "drop"]) on(type, ".drop", (drop) => drop.classList.remove("over"));

// "Select all" of a table: <input type=checkbox data-all="name">.
on("change", "[data-all]", (box) => {
  for (const other of document.querySelectorAll(`input[type=checkbox][name="${CSS.escape(box.dataset.all)}"]:not(:disabled)`)) other.checked = box.checked;
});

on("click", "[data-print]", () => window.print());
