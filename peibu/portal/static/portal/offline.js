// The page without network: today's sessions as the phone kept them.
import { kept } from "./outbox.js";

const list = document.querySelector("[data-sessions]");
const blank = document.getElementById("session-row");

function draw(today) {
  document.querySelector("[data-saved]").textContent = today.saved;
  document.querySelector("[data-kept]").hidden = false;
  document.querySelector("[data-nothing]").hidden = today.sessions.length > 0;
  list.replaceChildren();
  for (const row of today.sessions) {
    const item = blank.content.cloneNode(true);
    for (const name of ["day", "starts", "ends", "subject", "room", "label"]) item.querySelector(`[data-${name}]`).textContent = row[name];
    item.querySelector("[data-label]").className = `pb-tag tone-${row.colour}`;
    list.append(item);
  }
  const fence = document.querySelector("[data-place]");
  if (fence) fence.hidden = !today.fenced;
}

const found = await kept("today").catch(() => null);
if (found) draw(found);
document.addEventListener("phone:today", (event) => draw(event.detail));
window.addEventListener("online", () => {
  document.querySelector("[data-back]").hidden = false;
});
