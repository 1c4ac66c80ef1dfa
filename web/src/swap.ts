// A part of the page for the same part of another address: the server made both, so nothing here
// knows how either is drawn.

/** Puts the part that `selector` names, as the page at `address` has it, in the place of ours. */
export async function swap(address: string, selector: string): Promise<Element | null> {
  const answer = await fetch(address, { headers: { accept: "text/html" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector(selector);
  const old = document.querySelector(selector);
  if (!answer.ok || !fresh || !old) {
    // The page says what went wrong and what to do, which is more than we know.
    location.assign(address);
    return null;
  }
  const part = document.adoptNode(fresh);
  old.replaceWith(part);
  return part;
}
