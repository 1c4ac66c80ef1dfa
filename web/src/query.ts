// The box of a query: the ontology's terms by their short name or by what they are called, and the
// query's own variables. The page gives the terms.

import { asking } from "./asking";
import { complete, type Offer } from "./completion";
import { copying } from "./copy";

const MOST = 8;

const box = document.querySelector<HTMLTextAreaElement>("textarea[name=query]");
const list = document.querySelector<HTMLDataListElement>("#terms");
if (box && list) {
  const terms: Offer[] = [...list.options].map(({ value, label }) => ({ text: value, label }));
  const prefixes: Record<string, string> = JSON.parse(list.dataset.prefixes ?? "{}");

  const find = (text: string): Offer[] => {
    if (/^[?$]/.test(text)) {
      const own = new Set(box.value.match(/[?$]\w+/g) ?? []);
      own.delete(text);
      return [...own].filter((name) => name.startsWith(text)).map((name) => ({ text: name, label: "" }));
    }
    const low = text.toLowerCase();
    if (low.length < 2) return [];
    const rank = ({ text: name, label }: Offer) => {
      const short = name.toLowerCase();
      if (short.startsWith(low) || short.slice(short.indexOf(":") + 1).startsWith(low)) return 0;
      return label.toLowerCase().includes(low) ? 1 : 2;
    };
    const fit = terms.filter((term) => rank(term) < 2 && term.text !== text);
    return fit.sort((a, b) => rank(a) - rank(b)).slice(0, MOST);
  };

  /** Says the prefix of a term where the query does not yet. */
  const taken = ({ text }: Offer) => {
    const prefix = text.split(":")[0] ?? "";
    const iri = prefixes[prefix];
    if (iri && !new RegExp(`^\\s*PREFIX\\s+${prefix}:`, "im").test(box.value)) {
      box.setRangeText(`PREFIX ${prefix}: <${iri}>\n`, 0, 0, "preserve");
    }
  };

  complete(box, {
    id: "completions",
    label: list.getAttribute("aria-label") ?? "",
    word: /[?$]?[\w.-]*:?[\w.-]*$/,
    find,
    taken,
  });
  asking(box);
}
copying();
