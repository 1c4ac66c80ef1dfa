// Completion at the caret of a query: the ontology's terms by their short name or by what they are
// called, and the query's own variables. The page gives the terms; the box goes on being a text box,
// so nothing is lost where this does not run (WAI-ARIA: a textbox with a listbox that it controls).

interface Term {
  name: string;
  label: string;
}

const MOST = 8;

const box = document.querySelector<HTMLTextAreaElement>("textarea[name=query]");
const list = document.querySelector<HTMLDataListElement>("#terms");
if (box && list) complete(box, list);

function complete(box: HTMLTextAreaElement, given: HTMLDataListElement): void {
  const terms: Term[] = [...given.options].map(({ value, label }) => ({ name: value, label }));
  const prefixes: Record<string, string> = JSON.parse(given.dataset.prefixes ?? "{}");
  const shown = document.createElement("ul");
  shown.id = "completions";
  shown.className = "completions";
  shown.setAttribute("role", "listbox");
  shown.setAttribute("aria-label", given.getAttribute("aria-label") ?? "");
  shown.hidden = true;
  box.after(shown);
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", shown.id);
  let chosen = -1;

  /** What is being typed: from where to where, and what it says. */
  const word = () => {
    const end = box.selectionStart;
    const text = box.value.slice(0, end).match(/[?$]?[\w.-]*:?[\w.-]*$/)?.[0] ?? "";
    return { begin: end - text.length, end, text };
  };

  const fitting = (text: string): Term[] => {
    if (/^[?$]/.test(text)) {
      const own = new Set(box.value.match(/[?$]\w+/g) ?? []);
      own.delete(text);
      return [...own].filter((name) => name.startsWith(text)).map((name) => ({ name, label: "" }));
    }
    const low = text.toLowerCase();
    if (low.length < 2) return [];
    const rank = ({ name, label }: Term) => {
      const short = name.toLowerCase();
      if (short.startsWith(low) || short.slice(short.indexOf(":") + 1).startsWith(low)) return 0;
      return label.toLowerCase().includes(low) ? 1 : 2;
    };
    const fit = terms.filter((term) => rank(term) < 2 && term.name !== text);
    return fit.sort((a, b) => rank(a) - rank(b)).slice(0, MOST);
  };

  const choose = (to: number) => {
    chosen = to;
    [...shown.children].forEach((one, at) => one.setAttribute("aria-selected", String(at === to)));
    const id = shown.children[to]?.id;
    if (id) box.setAttribute("aria-activedescendant", id);
    else box.removeAttribute("aria-activedescendant");
    shown.children[to]?.scrollIntoView({ block: "nearest" });
  };

  const close = () => {
    shown.hidden = true;
    shown.replaceChildren();
    choose(-1);
  };

  /** Puts a term in the place of what was typed, and says its prefix where the query does not yet. */
  const take = (name: string) => {
    const { begin, end } = word();
    box.setRangeText(name, begin, end, "end");
    const prefix = name.split(":")[0] ?? "";
    const iri = prefixes[prefix];
    if (iri && !new RegExp(`^\\s*PREFIX\\s+${prefix}:`, "im").test(box.value)) {
      box.setRangeText(`PREFIX ${prefix}: <${iri}>\n`, 0, 0, "preserve");
    }
    close();
  };

  const offer = () => {
    const fit = fitting(word().text);
    const rows = fit.map(({ name, label }, at) => {
      const row = document.createElement("li");
      row.id = `completion-${at}`;
      row.setAttribute("role", "option");
      row.textContent = label ? `${name} · ${label}` : name;
      // Before the box would lose its focus.
      row.addEventListener("mousedown", (event) => {
        event.preventDefault();
        take(name);
      });
      return row;
    });
    shown.replaceChildren(...rows);
    shown.hidden = rows.length === 0;
    choose(-1);
  };

  box.addEventListener("input", offer);
  box.addEventListener("blur", close);
  box.addEventListener("keydown", (event) => {
    const many = shown.children.length;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) box.form?.requestSubmit();
    else if (event.key === " " && event.ctrlKey) offer();
    else if (shown.hidden) return;
    else if (event.key === "ArrowDown") choose((chosen + 1) % many);
    else if (event.key === "ArrowUp") choose((chosen + many - 1 + (chosen < 0 ? 1 : 0)) % many);
    else if (event.key === "Escape") close();
    // A line ends and the focus goes on as ever, unless something was chosen.
    else if (["Enter", "Tab"].includes(event.key) && chosen >= 0) {
      take(shown.children[chosen]?.textContent?.split(" · ")[0] ?? "");
    } else return;
    event.preventDefault();
  });
}
