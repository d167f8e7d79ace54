// Timetable rows (add, duplicate, duplicate a day, remove) and choosing people (search, whole enterprise).
const on = (type, selector, act) =>
  document.addEventListener(type, (event) => {
    const element = event.target.closest?.(selector);
    if (element) act(element, event);
  });

const body = () => document.querySelector("[data-lessons]");
const total = () => document.querySelector("#id_row-TOTAL_FORMS");
const cell = (row, name) => row.querySelector(`[name$="-${name}"]`);
const NAMES = ["date", "starts", "ends", "kind", "subject", "class_hours", "room", "place", "teacher", "base"];

function newRow(after) {
  const holder = document.createElement("tbody");
  holder.innerHTML = document.getElementById("lesson-row").innerHTML.replaceAll("__prefix__", total().value);
  const row = holder.querySelector("tr");
  total().value = Number(total().value) + 1;
  after ? after.after(row) : body().append(row);
  return row;
}

function copy(from, to) {
  for (const name of NAMES) cell(to, name).value = cell(from, name).value;
}

function nextDay(text) {
  const [year, month, day] = text.split("-").map(Number);
  const next = new Date(Date.UTC(year, month - 1, day + 1));
  return next.toISOString().slice(0, 10);
}

const rows = () => [...body().querySelectorAll("tr:not(.why)")];
const lastOf = (row) => (row.nextElementSibling?.classList.contains("why") ? row.nextElementSibling : row);

on("click", "[data-add-row]", () => {
  const before = rows().at(-1);
  const row = newRow();
  if (before) cell(row, "date").value = cell(before, "date").value;
  cell(row, "date").focus();
});
on("click", "[data-copy-row]", (button) => {
  const from = button.closest("tr");
  const row = newRow(lastOf(from));
  copy(from, row);
  cell(row, "starts").focus();
});
on("click", "[data-copy-day]", (button) => {
  const day = cell(button.closest("tr"), "date").value;
  if (!day) return;
  const dates = rows().map((row) => cell(row, "date").value).filter(Boolean).sort();
  const to = nextDay(dates.at(-1));
  const made = rows().filter((row) => cell(row, "date").value === day).map((from) => {
    const row = newRow();
    copy(from, row);
    cell(row, "date").value = to;
    return row;
  });
  cell(made[0], "date").focus();
});
on("click", "[data-remove-row]", (button) => {
  const row = button.closest("tr");
  const next = lastOf(row);
  if (next !== row) next.remove();
  row.remove();
  if (!rows().length) newRow();
});

// People: what does not match the words is hidden; hidden people keep their tick.
on("input", "[data-filter]", (field) => {
  const words = field.value.trim().toLowerCase();
  for (const group of document.querySelectorAll(`#${field.dataset.filter} .people-group`)) {
    const name = group.dataset.name.toLowerCase();
    let seen = 0;
    for (const item of group.querySelectorAll("li")) {
      item.hidden = !(name.includes(words) || item.textContent.toLowerCase().includes(words));
      seen += item.hidden ? 0 : 1;
    }
    group.hidden = seen === 0;
  }
});
function count(form) {
  const place = form.querySelector("[data-count]");
  if (place) place.textContent = form.querySelectorAll(".people-list input:checked").length;
}
on("change", "[data-group]", (box) => {
  for (const other of box.closest(".people-group").querySelectorAll("li:not([hidden]) input")) other.checked = box.checked;
  count(box.form);
});
on("change", "[data-everyone]", (box) => {
  for (const other of box.form.querySelectorAll(".people-group:not([hidden]) li:not([hidden]) input, .people-group:not([hidden]) [data-group]")) other.checked = box.checked;
  count(box.form);
});
on("change", ".people-list input", (box) => count(box.form));
