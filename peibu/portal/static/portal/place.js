// Asks for the phone's position, only after the trainee agreed and only where the class wants it. Nothing is kept.
const box = document.querySelector("[data-place]");
const agree = box?.querySelector("input[type=checkbox]");
const state = box?.querySelector("[role=status]");
let asked = null;

const ask = () =>
  new Promise((done) => {
    if (!navigator.geolocation) {
      done(null);
      return;
    }
    const found = ({ coords }) => done({ latitude: coords.latitude, longitude: coords.longitude, accuracy: coords.accuracy });
    navigator.geolocation.getCurrentPosition(found, () => done(null), { enableHighAccuracy: true, timeout: 10000, maximumAge: 30000 });
  });

// The position, or null: not asked for, not agreed, not found.
export function place() {
  return box && !box.hidden && agree?.checked ? (asked ?? Promise.resolve(null)) : Promise.resolve(null);
}

agree?.addEventListener("change", async () => {
  asked = agree.checked ? ask() : null;
  state.textContent = agree.checked ? box.dataset.looking : "";
  const found = await asked;
  if (agree.checked) state.textContent = found ? box.dataset.found : box.dataset.none;
  const form = box.closest("form");
  for (const name of form ? ["latitude", "longitude", "accuracy"] : []) form.elements[name].value = found?.[name] ?? "";
});
