// The big screen: counts down, and hides a code that could not be renewed in time instead of showing a dead one.
let since = performance.now();
let left = 0;
let seconds = 1;

function read() {
  const code = document.querySelector(".code[data-left]");
  if (!code) return;
  left = Number(code.dataset.left);
  seconds = Number(code.dataset.seconds);
  since = performance.now();
}

function draw() {
  const code = document.querySelector(".code[data-left]");
  if (!code) return;
  const rest = left - (performance.now() - since);
  // a code is good for its own seconds and the next ones; what is older must not be scanned any more
  const stale = rest < -seconds * 1000;
  code.classList.toggle("stale", stale);
  code.querySelector(".lost").hidden = !stale;
  code.querySelector("[data-seconds-left]").textContent = Math.max(0, Math.ceil(rest / 1000));
  code.querySelector(".bar i").style.transform = `scaleX(${Math.max(0, Math.min(1, rest / (seconds * 1000)))})`;
}

read();
draw();
setInterval(draw, 250);
new MutationObserver(() => {
  read();
  draw();
}).observe(document.getElementById("wall-code"), { childList: true });

document.querySelector("[data-fullscreen]")?.addEventListener("click", () => {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.();
});

// A projector must not go dark during sign-in.
const awake = () => navigator.wakeLock?.request("screen").catch(() => {});
awake();
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && awake());
