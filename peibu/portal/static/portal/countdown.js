// Counts the seconds in which a code may still be confirmed; afterwards the button gives way to the way out.
const form = document.querySelector("[data-countdown]");
if (form) {
  const until = performance.now() + Number(form.dataset.countdown) * 1000;
  const timer = setInterval(() => {
    const rest = Math.ceil((until - performance.now()) / 1000);
    if (rest > 0) {
      form.querySelector("[data-seconds]").textContent = rest;
      return;
    }
    clearInterval(timer);
    form.hidden = true;
    document.querySelector(".expired").hidden = false;
  }, 250);
}
