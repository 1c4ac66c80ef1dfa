// The editor of claims: names of records completed as they are typed, and what was filled in checked as
// one goes. The form's own check does it, so nothing is found here that it would not find.

import { complete, type Offer } from "./completion";

const MOST = 8;

const form = document.querySelector<HTMLFormElement>("form.sheet");
if (form) {
  for (const box of form.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("[data-names]")) {
    complete(box, {
      id: `names-${box.name.replace(/\W/g, "-")}`,
      label: box.dataset.names ?? "",
      word: /[^\n]*$/,
      find: named,
    });
  }
  form.addEventListener("change", () => void check(form));
}

interface Found {
  items: { id: string; label: string; noun: string }[];
}

/** The records of a name: by their name where that means one of them alone, else by their id. */
async function named(text: string): Promise<Offer[]> {
  if (text.trim().length < 2) return [];
  const asked = new URLSearchParams({ text: text.trim(), first: String(MOST) });
  const answer = await fetch(`/api/v1/search?${asked}`);
  if (!answer.ok) return [];
  const { items }: Found = await answer.json();
  const alone = (label: string) => items.filter((one) => one.label === label).length === 1;
  return items.map(({ id, label, noun }) =>
    alone(label) ? { text: label, label: noun } : { text: id, label: `${label}, ${noun}` },
  );
}

let asked = 0;

/** Puts what the server finds of it above the form, once there is something in each field it needs. */
async function check(form: HTMLFormElement): Promise<void> {
  const needed = [...form.querySelectorAll<HTMLInputElement>("[aria-required=true]")];
  if (needed.some((field) => !field.value.trim())) return;
  const mine = ++asked;
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) body.append(name, String(value));
  body.set("act", "check");
  const answer = await fetch(form.action, { method: "POST", headers: { accept: "text/html" }, body });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("#told");
  // Something was changed meanwhile, or the page says what went wrong in its own way.
  if (mine !== asked || !fresh) return;
  document.querySelector("#told")?.replaceWith(document.adoptNode(fresh));
}
