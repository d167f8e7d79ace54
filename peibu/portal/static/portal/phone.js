// The trainee's pages as an app: worker, what is kept for later, the outbox's banner, installing, forgetting.
import { flush, forget, keep, waiting } from "./outbox.js";

const told = document.getElementById("phone");
const words = told.dataset;
const banner = told.querySelector("[data-outbox]");

function say(text, tone) {
  const row = document.createElement("p");
  row.className = `outbox-said ${tone}`;
  row.textContent = text;
  told.querySelector("[data-said]").append(row);
}

async function show() {
  const rows = await waiting().catch(() => []);
  banner.hidden = rows.length === 0;
  banner.querySelector("[data-count]").textContent = rows.length;
  return rows.length;
}

// Fetches what to keep, then sends what waits. Without network both fail quietly and are tried again.
async function update() {
  let today = null;
  try {
    const answer = await fetch(words.today, { headers: { Accept: "application/json" }, redirect: "manual" });
    if (!answer.ok) return show();
    today = await answer.json();
    await keep("today", { ...today, wall: Date.now() });
    document.dispatchEvent(new CustomEvent("phone:today", { detail: today }));
  } catch {
    return show();
  }
  const tell = (answer) => say(answer.said + (answer.remedy ?? ""), answer.outcome);
  await flush(words.send, today.owner, tell).catch(() => {});
  return show();
}

if ("serviceWorker" in navigator) {
  navigator.serviceWorker
    .register(words.worker, { scope: words.scope })
    .then(() => navigator.serviceWorker.ready)
    .then((ready) => navigator.onLine && ready.active?.postMessage("refresh"))
    .catch(() => {}); // without a worker everything but the page without network still works
}

update();
window.addEventListener("online", update);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && update());
document.addEventListener("phone:kept", show);
setInterval(async () => (await show()) && update(), 15000);

// Whoever signs out on this phone leaves nothing of the timetable behind.
let warned = false;
document.querySelector("form[action$='/sign-out/']")?.addEventListener("submit", (event) => {
  if (!banner.hidden && !warned) {
    event.preventDefault(); // signing out throws away what waits: told once, then done
    warned = true;
    say(words.unsent, "refused");
    window.scrollTo(0, 0);
    return;
  }
  forget();
});

let prompt = null;
const install = told.querySelector("[data-install]");
window.addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  prompt = event;
  if (install) install.hidden = false;
});
install?.addEventListener("click", async () => {
  await prompt?.prompt();
  install.hidden = true;
});
