// The queue by one key each. The form's own buttons do it, so nothing is decided otherwise than by
// hand; where a reason is lacking, its field is where the key leads.

const DECISIONS: Record<string, string> = { a: "accept", c: "compete", r: "refuse" };

const proposals = () => [...document.querySelectorAll<HTMLElement>("article.proposal")];

/** The proposal that a reader is at: the focused one, or the first that is in sight. */
function at(): number {
  const all = proposals();
  const focused = all.findIndex((one) => one.contains(document.activeElement));
  if (focused >= 0) return focused;
  return all.findIndex((one) => one.getBoundingClientRect().bottom > 0);
}

function go(to: number): void {
  const one = proposals()[to];
  if (!one) return;
  one.tabIndex = -1;
  one.focus({ preventScroll: true });
  one.scrollIntoView({ block: "start" });
}

function decide(one: HTMLElement | undefined, decision: string): void {
  const button = one?.querySelector<HTMLButtonElement>(`button[value=${decision}]`);
  const reason = one?.querySelector<HTMLInputElement>("input[name=reason]");
  if (!button) return;
  if (decision !== "accept" && reason && !reason.value.trim()) {
    reason.focus();
    // Enter in the field then means what the key meant.
    reason.onkeydown = (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      if (reason.value.trim()) button.click();
    };
    return;
  }
  button.click();
}

document.addEventListener("keydown", (event) => {
  const typing = event.target instanceof Element && event.target.closest("input, select, textarea");
  if (typing || event.altKey || event.ctrlKey || event.metaKey) return;
  const now = at();
  const decision = DECISIONS[event.key];
  if (event.key === "j") go(proposals().length > now + 1 ? now + 1 : now);
  else if (event.key === "k") go(Math.max(now - 1, 0));
  else if (decision) decide(proposals()[now], decision);
  else if (event.key === "e") proposals()[now]?.querySelector<HTMLAnchorElement>("a[data-edit]")?.click();
  else return;
  event.preventDefault();
});
