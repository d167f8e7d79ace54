// Fills longitude and latitude of a venue with the position of this phone, on demand; nothing leaves the page before the form
// is sent.
const round = (degrees) => degrees.toFixed(6);

for (const form of document.querySelectorAll("form[data-locate]")) {
  const button = form.querySelector("[data-here]");
  const said = form.querySelector("[data-located]");
  button.addEventListener("click", () => {
    const none = () => {
      said.textContent = button.dataset.none;
    };
    if (!navigator.geolocation) {
      none();
      return;
    }
    said.textContent = button.dataset.looking;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        form.elements.longitude.value = round(coords.longitude);
        form.elements.latitude.value = round(coords.latitude);
        said.textContent = button.dataset.found.replace("{n}", Math.round(coords.accuracy));
      },
      none,
      { enableHighAccuracy: true, timeout: 10000, maximumAge: 0 },
    );
  });
}
