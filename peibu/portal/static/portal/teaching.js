// A chosen photo is sent at once; the label works by keyboard like a button.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-autosend]");
  if (!form || !event.target.files?.length) return;
  form.querySelector("label.btn").setAttribute("aria-busy", "true");
  form.requestSubmit();
});
