// The player: begins a session, reports what was played, asks back when the server wants to know whether somebody is
// there. What counts is decided by the server; here it is only measured and shown. Reports that cannot be sent wait in
// the browser and are sent later.
const root = document.getElementById("player");
const video = root.querySelector("video");
const words = root.dataset;
const curtain = root.querySelector("[data-curtain]");
const dialog = document.querySelector("[data-check]");
const WHOLE = Number(words.whole);
const STEP = 1500; // milliseconds of video between two looks that are still one stretch, at normal speed
const PREFIX = "peibu-learning-";

let session = null; // { session, report, leave } while one runs
let reached = Number(words.reached);
let done = "done" in words;
let stretch = null; // [from, to] being played
let stretches = [];
let events = [];
let number = 0;
let lost = false;
let check = null;
let leaving = false;

const now = () => Math.round(video.currentTime * 1000);
const token = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";

function say(text, good = false) {
  const row = root.querySelector("[data-said]");
  row.textContent = text;
  row.classList.toggle("good", good);
}

async function post(url, fields = {}) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  const answer = await fetch(url, { method: "POST", body, redirect: "manual", headers: { "X-CSRFToken": token(), Accept: "application/json" }, signal: AbortSignal.timeout(15000) });
  if (answer.type === "opaqueredirect" || answer.status === 403) return { status: 403, told: { said: words.elsewhere, remedy: "" } };
  return { status: answer.status, told: await answer.json().catch(() => ({})) };
}

// Reports waiting in this browser, per session, in the order they were made.
const box = (address) => `${PREFIX}${address}`;
function waiting(address) {
  try {
    return JSON.parse(localStorage.getItem(box(address)) ?? "[]");
  } catch {
    return [];
  }
}
function keep(address, rows) {
  try {
    if (rows.length) localStorage.setItem(box(address), JSON.stringify(rows));
    else localStorage.removeItem(box(address));
  } catch {
    // a full or forbidden store: what cannot be kept is played again
  }
}

function made() {
  cut();
  const moment = Date.now();
  const report = { number: ++number, item: words.item, position: now(), segments: stretches, events: events.map((one) => ({ ...one })), speed: Math.round(video.playbackRate * 100), moment };
  stretches = [];
  events = [];
  return report;
}

function aged(report) {
  const told = { ...report, ago: Date.now() - report.moment, events: report.events.map((one) => ({ ...one, ago: Date.now() - one.moment })) };
  return JSON.stringify(told);
}

let sending = null;
function flush(address) {
  sending ??= (async () => {
    for (let rows = waiting(address); rows.length; rows = waiting(address)) {
      let answer;
      try {
        answer = await post(address, { told: aged(rows[0]) });
      } catch {
        if (!lost) say(words.lost);
        lost = true;
        return;
      }
      if (answer.status >= 500) return;
      const mine = session?.report === address;
      keep(address, answer.status === 200 ? waiting(address).slice(1) : []);
      if (lost) say(words.back, true);
      lost = false;
      if (answer.status !== 200) return mine ? ended(answer.told) : undefined; // another sitting is over: its time has passed
      if (mine) heard(answer.told);
    }
  })().finally(() => {
    sending = null;
  });
  return sending;
}

function report() {
  if (!session) return;
  keep(session.report, [...waiting(session.report), made()]);
  return flush(session.report);
}

function heard(told) {
  reached = Math.max(reached, told.reached);
  root.querySelector("[data-watched]").value = told.watched;
  if (told.completed && !done) {
    done = true;
    say(told.course ? words.course : words.finished, true);
  }
  if (told.check && !dialog.open) ask(told.check);
}

function ended(told) {
  if (session) keep(session.report, []);
  session = null;
  check = null;
  if (dialog.open) dialog.close();
  video.pause();
  curtain.hidden = false;
  say(told.remedy ? `${told.said}。${told.remedy}` : (told.said ?? words.broken));
  root.querySelector("[data-begin]").focus();
}

function ask(told) {
  check = { url: told.url, until: performance.now() + told.seconds * 1000 };
  video.pause();
  if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
  dialog.showModal();
  count();
}
function count() {
  if (!check) return;
  const left = Math.max(0, Math.ceil((check.until - performance.now()) / 1000));
  dialog.querySelector("[data-left]").textContent = left;
  if (left > 0) return setTimeout(count, 500);
  check = null;
  dialog.close();
  setTimeout(report, 1500); // past its time: the server says what follows
}
dialog.addEventListener("cancel", (event) => event.preventDefault()); // Escape is no answer
dialog.querySelector("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  if (!check) return;
  const { url } = check;
  let answer;
  try {
    answer = await post(url);
  } catch {
    say(words.lost);
    return;
  }
  check = null;
  dialog.close();
  if (answer.status !== 200) return ended(answer.told);
  video.focus();
  video.play().catch(() => {});
});

// Stretches that were really played.
function cut() {
  if (stretch && stretch[1] > stretch[0]) stretches.push(stretch);
  stretch = video.paused || video.seeking ? null : [now(), now()];
}
video.addEventListener("timeupdate", () => {
  if (video.seeking || video.paused || !session) return;
  const place = now();
  if (stretch && place >= stretch[1] && place - stretch[1] <= STEP * Math.max(1, video.playbackRate)) stretch[1] = place;
  else {
    if (stretch && stretch[1] > stretch[0]) stretches.push(stretch);
    stretch = [place, place];
  }
});
const note = (verb, position, from = null) => session && events.push({ verb, position, from, moment: Date.now() });

let before = 0;
video.addEventListener("timeupdate", () => {
  if (!video.seeking) before = now();
});
const come = () => Math.max(reached, ...stretches.map((one) => one[1]), stretch?.[1] ?? 0); // with what is not reported yet
const allowed = () => (done ? WHOLE : come() + Number(words.ahead) * 1000 + STEP);
video.addEventListener("seeking", () => {
  if (stretch && stretch[1] > stretch[0]) stretches.push(stretch);
  stretch = null;
  if (now() <= allowed()) return;
  video.currentTime = Math.min(come(), WHOLE) / 1000;
  say(words.jump);
});
video.addEventListener("seeked", () => {
  note("seeked", now(), before);
  before = now();
});
video.addEventListener("ratechange", () => {
  if (Math.round(video.playbackRate * 100) > Number(words.speed)) {
    video.playbackRate = Number(words.speed) / 100;
    say(words.fast);
  }
  root.querySelector("[data-rate]").value = Math.round(video.playbackRate * 100);
});
root.querySelector("[data-rate]").addEventListener("change", (event) => {
  video.playbackRate = Number(event.target.value) / 100;
});

video.addEventListener("play", () => {
  if (!session) {
    video.pause();
    begin();
    return;
  }
  if (check) return video.pause();
  stretch = [now(), now()];
  note("played", now());
});
video.addEventListener("pause", () => {
  if (!session || leaving) return;
  if (stretch && now() - stretch[1] <= STEP) stretch[1] = Math.max(stretch[1], now());
  note("paused", now());
  report();
});
video.addEventListener("ended", report);

let renewed = 0;
video.addEventListener("error", async () => {
  if (renewed++ > 2) return say(words.broken);
  const place = video.currentTime || Number(words.position) / 1000;
  const answer = await fetch(words.link, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok) return say(words.broken);
  video.src = (await answer.json()).url;
  video.currentTime = place;
  if (session) video.play().catch(() => {});
});

let opening = false;
async function begin() {
  if (opening || session) return;
  opening = true;
  try {
    for (const name of Object.keys(localStorage).filter((one) => one.startsWith(PREFIX))) await flush(name.slice(PREFIX.length));
    const answer = await post(words.start);
    if (answer.status !== 200) return ended(answer.told);
    session = answer.told;
    number = 0;
    stretches = [];
    events = [];
    say("");
    curtain.hidden = true;
    const place = Number(words.position);
    if (video.currentTime === 0 && place > 0 && place < WHOLE - 1000) video.currentTime = place / 1000;
    note("initialized", now());
    await video.play();
  } catch {
    if (!session) say(words.lost);
  } finally {
    opening = false;
  }
}
root.querySelector("[data-begin]").addEventListener("click", begin);

setInterval(() => session && !video.paused && report(), Number(words.report) * 1000);
window.addEventListener("online", () => session && flush(session.report));
setInterval(() => session && waiting(session.report).length && flush(session.report), 5000);

window.addEventListener("pagehide", () => {
  if (!session) return;
  leaving = true;
  const body = new FormData();
  body.set("csrfmiddlewaretoken", token());
  if (!waiting(session.report).length) body.set("told", aged(made()));
  navigator.sendBeacon(session.leave, body);
  session = null;
});
