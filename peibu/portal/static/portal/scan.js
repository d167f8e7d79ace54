// Reads the teacher's QR code: with the browser's own detector where there is one, else with jsQR; from the camera, or
// from a photo where the browser gives no camera (plain http, old phones). Only the code leaves the picture.
// A scan that cannot be sent is kept on the phone and sent later (outbox.js).
import { hold, scanned, send } from "./outbox.js";
import { place } from "./place.js";

const root = document.getElementById("scanner");
const video = root.querySelector("video");
const said = root.querySelector(".said");
const CODE = /(?:^|\/s\/)([A-Z2-7]{48})\/?$/;
const WIDEST = 1000;
let stream = null;
let busy = false;

function say(text, bad = false) {
  said.textContent = text;
  said.classList.toggle("bad", bad);
}

let decoder = null;
function loadDecoder() {
  decoder ??= new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = root.dataset.decoder;
    script.onload = () => done(window.jsQR);
    script.onerror = failed;
    document.head.append(script);
  });
  return decoder;
}

const native = "BarcodeDetector" in window ? new window.BarcodeDetector({ formats: ["qr_code"] }) : null;
const canvas = document.createElement("canvas");
const pen = canvas.getContext("2d", { willReadFrequently: true });

async function decode(source, width, height) {
  if (native) {
    try {
      const found = await native.detect(source);
      if (found.length) return found[0].rawValue;
    } catch {
      // some phones have the detector but not its parts: jsQR below
    }
  }
  const jsQR = await loadDecoder();
  const shrink = Math.min(1, WIDEST / Math.max(width, height));
  canvas.width = Math.round(width * shrink);
  canvas.height = Math.round(height * shrink);
  pen.drawImage(source, 0, 0, canvas.width, canvas.height);
  const pixels = pen.getImageData(0, 0, canvas.width, canvas.height);
  return jsQR(pixels.data, pixels.width, pixels.height, { inversionAttempts: "dontInvert" })?.data ?? "";
}

function accept(text) {
  const code = text.trim().match(CODE)?.[1];
  if (!code) {
    say(root.dataset.other, true);
    return false;
  }
  stop();
  say(root.dataset.found);
  deliver(code);
  return true;
}

async function deliver(code) {
  const scan = await scanned(code); // first of all the moment
  const answer = await send(scan, root.dataset.send, await place());
  if (answer?.url) {
    location.assign(answer.url);
    return;
  }
  if (answer?.outcome === "refused") {
    say(`${answer.said}。${answer.remedy}`, true);
    return;
  }
  if (!scan.owner) {
    say(root.dataset.nobody, true); // kept without a name it would be sent for whoever signs in next
    return;
  }
  await hold(scan);
  document.dispatchEvent(new Event("phone:kept"));
  const signedOut = answer?.outcome === "signed-out";
  say(signedOut ? root.dataset.signedOut : root.dataset.later, signedOut);
}

function stop() {
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = null;
  root.classList.remove("on");
  video.hidden = true;
}

async function look() {
  if (!stream) return;
  if (!busy && video.readyState >= 2) {
    busy = true;
    try {
      const text = await decode(video, video.videoWidth, video.videoHeight);
      if (text && accept(text)) return;
    } finally {
      busy = false;
    }
  }
  setTimeout(look, 150);
}

async function start() {
  say("");
  if (!navigator.mediaDevices?.getUserMedia) {
    say(root.dataset.insecure, true);
    return;
  }
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch (problem) {
    say(problem.name === "NotFoundError" ? root.dataset.missing : root.dataset.denied, true);
    return;
  }
  video.srcObject = stream;
  video.hidden = false;
  root.classList.add("on");
  await video.play();
  look();
}

root.querySelector("[data-camera]").addEventListener("click", start);
window.addEventListener("pagehide", stop);
document.addEventListener("visibilitychange", () => document.hidden && stop());

document.getElementById("shot").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  event.target.value = "";
  if (!file) return;
  try {
    const picture = await createImageBitmap(file);
    const text = await decode(picture, picture.width, picture.height);
    if (!text) say(root.dataset.unread, true);
    else accept(text);
  } catch {
    say(root.dataset.unread, true);
  }
});
