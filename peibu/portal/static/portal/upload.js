// Large files go piece by piece: the server says where it is, so a broken upload goes on with the same file chosen again.
const form = document.querySelector("form[data-pieces]");
const RETRY = 3000;
const token = () => form.querySelector("[name=csrfmiddlewaretoken]").value;
const wait = (time) => new Promise((done) => setTimeout(done, time));

function show(percent, text) {
  const told = form.querySelector("[data-told]");
  told.hidden = false;
  told.querySelector("progress").value = percent;
  told.querySelector("[data-said]").textContent = text;
}

async function begin(file) {
  const body = new FormData();
  body.set("kind", form.elements.kind.value);
  body.set("name", file.name);
  body.set("size", file.size);
  body.set("fingerprint", `${file.name} ${file.size} ${file.lastModified}`);
  const answer = await fetch(form.dataset.pieces, { method: "POST", body, headers: { "X-CSRFToken": token() } });
  return { answer, told: await answer.json() };
}

async function send(file) {
  const { answer, told } = await begin(file);
  if (!answer.ok) return show(0, told.said);
  const step = Number(form.dataset.piece);
  const about = new URLSearchParams({ chapter: form.elements.chapter.value, title: form.elements.title.value });
  let at = told.received;
  while (at < file.size) {
    const last = at + step >= file.size;
    show(Math.floor((100 * at) / file.size), last && at > 0 ? form.dataset.checking : `${Math.floor((100 * at) / file.size)}%`);
    about.set("offset", at);
    let given = null;
    try {
      given = await fetch(`${told.url}?${about}`, {
        method: "POST",
        body: file.slice(at, at + step),
        headers: { "X-CSRFToken": token(), "Content-Type": "application/octet-stream" },
      });
    } catch {
      show(Math.floor((100 * at) / file.size), form.dataset.broken);
      await wait(RETRY);
      continue;
    }
    const said = await given.json().catch(() => ({}));
    if (given.status === 422) return show(0, said.said);
    if (!Number.isInteger(said.received)) {
      await wait(RETRY);
      continue;
    }
    at = said.received;
    if (said.done) return location.reload();
  }
}

form?.addEventListener(
  "submit",
  (event) => {
    const file = form.elements.file.files[0];
    if (!file) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const button = form.querySelector("button[type=submit]");
    button.disabled = true;
    send(file)
      .catch(() => show(0, form.dataset.broken))
      .finally(() => {
        button.disabled = false;
      });
  },
  true,
);
