// The box of a GraphQL query: what the schema has at the caret, and what it does not have of what
// stands there. The schema is read when somebody first comes to the box.

import { buildSchema, type GraphQLSchema } from "graphql";
import { DIAGNOSTIC_SEVERITY, getAutocompleteSuggestions, getDiagnostics, Position } from "graphql-language-service";
import { asking } from "./asking";
import { complete, type Offer } from "./completion";
import { copying } from "./copy";

const MOST = 60;
/** So long after a key, in milliseconds, the query is held against the schema. */
const REST = 400;

const box = document.querySelector<HTMLTextAreaElement>("textarea[name=query]");
if (box) {
  let read: Promise<GraphQLSchema> | undefined;
  const schema = () => {
    read ??= fetch("/graphql/schema.graphql")
      .then((answer) => (answer.ok ? answer.text() : Promise.reject(new Error(`status ${answer.status}`))))
      .then((text) => buildSchema(text, { assumeValid: true }));
    read.catch(() => (read = undefined));
    return read;
  };

  const find = async (text: string, wanted: boolean): Promise<Offer[]> => {
    if (!text && !wanted) return [];
    const before = box.value.slice(0, box.selectionStart).split("\n");
    const place = new Position(before.length - 1, before.at(-1)?.length ?? 0);
    const found = getAutocompleteSuggestions(await schema(), box.value, place);
    const fit = found.filter(({ label }) => label !== text && !label.startsWith("__"));
    return fit.slice(0, MOST).map(({ label, detail }) => ({ text: label, label: detail ?? "" }));
  };
  complete(box, { id: "completions", label: box.dataset.offered ?? "", word: /[$]?\w*$/, find });

  const faults = document.createElement("div");
  faults.setAttribute("role", "status");
  faults.className = "faults";
  box.closest("label")?.after(faults);
  const check = async () => {
    const found = getDiagnostics(box.value, await schema());
    const wrong = found.filter(({ severity }) => severity === DIAGNOSTIC_SEVERITY.Error);
    const lines = wrong.slice(0, 5).map(({ range, message }) => {
      const line = document.createElement("p");
      line.textContent = `${box.dataset.line} ${range.start.line + 1}: ${message}`;
      return line;
    });
    faults.replaceChildren(...lines);
  };
  let resting: ReturnType<typeof setTimeout> | undefined;
  box.addEventListener("input", () => {
    clearTimeout(resting);
    // Without the schema the server still says what is wrong.
    resting = setTimeout(() => void check().catch(() => faults.replaceChildren()), REST);
  });
  box.addEventListener("focus", () => void schema().catch(() => {}));
  asking(box);
}
copying();
