// The candidate's paper: counts the time down, keeps each click under a key of its own, sends again what did not arrive.
const bar = document.querySelector(".clock-bar");
const began = performance.now();
const left = Number(bar.dataset.left);
const waiting = new Map();
const RETRY = 2000;

const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, "0")).join("");
const forms = () => [...document.querySelectorAll("form.question")];
const answered = (form) => form.querySelector("input[name=place]:checked") !== null;

function tell() {
  const done = forms().filter(answered).length;
  bar.querySelector("[data-done]").textContent = done;
  bar.querySelector("progress").value = done;
  bar.querySelector("[data-lost]").hidden = waiting.size === 0;
  const open = Number(bar.dataset.total) - done;
  document.querySelector("[data-open-questions]").classList.toggle("tone-red", open > 0);
  document.querySelector("[data-open-questions]").dataset.open = open;
  for (const form of forms()) document.querySelector(`[data-jump="${form.dataset.number}"]`).classList.toggle("done", answered(form));
}

// every change is a new click; sending it again keeps its key, so that the server keeps it once
document.addEventListener(
  "change",
  (event) => {
    const form = event.target.closest?.("form.question");
    if (form) form.elements.key.value = newKey();
    if (form) tell();
  },
  true,
);

function again(form) {
  clearTimeout(waiting.get(form));
  waiting.set(form, setTimeout(() => form.dispatchEvent(new Event("resend")), RETRY));
  form.classList.add("lost");
  tell();
}

document.addEventListener("htmx:error", (event) => {
  const form = event.detail?.ctx?.sourceElement ?? event.target;
  if (form?.matches?.("form.question")) again(form);
});
document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail;
  const form = ctx?.sourceElement;
  if (!form?.matches?.("form.question")) return;
  if (ctx.response && ctx.response.status >= 500) {
    again(form);
    return;
  }
  clearTimeout(waiting.get(form));
  waiting.delete(form);
  form.classList.remove("lost");
  tell();
});

function draw() {
  const rest = Math.max(0, left - (performance.now() - began));
  const seconds = Math.ceil(rest / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  bar.querySelector("[data-clock]").textContent = parts.map((part) => String(part).padStart(2, "0")).join(":");
  bar.classList.toggle("soon", seconds <= 300);
  if (rest > 0) return;
  clearInterval(timer);
  document.querySelector("#submit-dialog form").requestSubmit();
}
const timer = setInterval(draw, 250);
draw();
tell();
