// Dragging a session to another time fills in the form "move" and sends it; choosing it by its name fills it in only.
const form = document.getElementById("move-form");
const week = document.querySelector(".cal-week");
const field = (name) => form.querySelector(`[name="${name}"]`);
const STEP = 15; // minutes a dropped session snaps to
let grip = null;

function fill(block, date, starts) {
  field("session").value = block.dataset.session;
  field("date").value = date;
  field("starts").value = starts;
}

function timeAt(column, y) {
  const first = Number(week.dataset.firstHour) * 60;
  const last = Number(week.dataset.lastHour) * 60;
  const box = column.getBoundingClientRect();
  const minutes = first + ((y - box.top) / box.height) * (last - first);
  const snapped = Math.min(Math.max(Math.round(minutes / STEP) * STEP, first), last - STEP);
  return `${String(Math.floor(snapped / 60)).padStart(2, "0")}:${String(snapped % 60).padStart(2, "0")}`;
}

if (form && week) {
  week.addEventListener("dragstart", (event) => {
    const block = event.target.closest("[data-session]");
    if (!block) return;
    grip = { block, offset: event.clientY - block.getBoundingClientRect().top };
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", block.dataset.session);
  });
  for (const column of week.querySelectorAll(".cal-day")) {
    column.addEventListener("dragover", (event) => {
      if (!grip) return;
      event.preventDefault();
      column.classList.add("over");
    });
    column.addEventListener("dragleave", () => column.classList.remove("over"));
    column.addEventListener("drop", (event) => {
      event.preventDefault();
      column.classList.remove("over");
      if (!grip) return;
      fill(grip.block, column.dataset.date, timeAt(column, event.clientY - grip.offset));
      grip = null;
      form.requestSubmit();
    });
  }
  week.addEventListener("click", (event) => {
    const button = event.target.closest("[data-pick]");
    if (!button) return;
    const block = button.closest("[data-session]");
    fill(block, block.dataset.date, block.dataset.starts);
    field("date").focus();
  });
}
