// Completion at the caret of a text box, by keys or by hand (WAI-ARIA: a textbox with a listbox that it
// controls). The box goes on being a text box, so nothing is lost where this does not run.

/** Something that may be meant. */
export interface Offer {
  /** What is put in. */
  text: string;
  /** What it is called, where that is not the same. */
  label: string;
}

export interface Completing {
  /** The box's list, by id. */
  id: string;
  /** What the list is called. */
  label: string;
  /** What is being typed, as the end of what stands before the caret. */
  word: RegExp;
  /** What may be meant by it, or by nothing yet where it is asked for by key; a later answer takes the
   *  place of an earlier one. */
  find: (text: string, wanted: boolean) => Offer[] | Promise<Offer[]>;
  /** Told once something was put in. */
  taken?: (offer: Offer) => void;
}

type Box = HTMLTextAreaElement | HTMLInputElement;

export function complete(box: Box, { id, label, word: typed, find, taken }: Completing): void {
  const shown = document.createElement("ul");
  shown.id = id;
  shown.className = "completions";
  shown.setAttribute("role", "listbox");
  shown.setAttribute("aria-label", label);
  shown.hidden = true;
  box.after(shown);
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", shown.id);
  let offers: Offer[] = [];
  let chosen = -1;

  const word = () => {
    const end = box.selectionStart ?? box.value.length;
    const text = box.value.slice(0, end).match(typed)?.[0] ?? "";
    return { begin: end - text.length, end, text };
  };

  const choose = (to: number) => {
    chosen = to;
    [...shown.children].forEach((one, at) => one.setAttribute("aria-selected", String(at === to)));
    const row = shown.children[to];
    if (row) box.setAttribute("aria-activedescendant", row.id);
    else box.removeAttribute("aria-activedescendant");
    row?.scrollIntoView({ block: "nearest" });
  };

  const close = () => {
    shown.hidden = true;
    shown.replaceChildren();
    offers = [];
    choose(-1);
  };

  const take = (offer: Offer | undefined) => {
    if (!offer) return;
    const { begin, end } = word();
    box.setRangeText(offer.text, begin, end, "end");
    taken?.(offer);
    close();
  };

  const offer = async (wanted: boolean) => {
    const { text } = word();
    const found = await find(text, wanted);
    // What was typed meanwhile has an answer of its own.
    if (word().text !== text || document.activeElement !== box) return;
    offers = found;
    const rows = offers.map((one, at) => {
      const row = document.createElement("li");
      row.id = `${id}-${at}`;
      row.setAttribute("role", "option");
      row.textContent = one.label && one.label !== one.text ? `${one.text} · ${one.label}` : one.text;
      // Before the box would lose its focus.
      row.addEventListener("mousedown", (event) => {
        event.preventDefault();
        take(one);
      });
      return row;
    });
    shown.replaceChildren(...rows);
    shown.hidden = rows.length === 0;
    choose(-1);
  };

  box.addEventListener("input", () => void offer(false));
  box.addEventListener("blur", close);
  box.addEventListener("keydown", (event: Event) => {
    if (!(event instanceof KeyboardEvent)) return;
    const many = offers.length;
    if (event.key === " " && event.ctrlKey) void offer(true);
    else if (shown.hidden) return;
    else if (event.key === "ArrowDown") choose((chosen + 1) % many);
    else if (event.key === "ArrowUp") choose((chosen + many - 1 + (chosen < 0 ? 1 : 0)) % many);
    else if (event.key === "Escape") close();
    // A line ends and the focus goes on as ever, unless something was chosen.
    else if (["Enter", "Tab"].includes(event.key) && chosen >= 0) take(offers[chosen]);
    else return;
    event.preventDefault();
  });
}
