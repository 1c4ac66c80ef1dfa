// What is to be copied, by one press. Where a page is not served over TLS a browser gives no clipboard,
// and what would be copied is selected instead.

export function copying(): void {
  for (const text of document.querySelectorAll<HTMLElement>(".behind pre")) {
    const press = document.createElement("button");
    press.type = "button";
    press.className = "other";
    const french = document.documentElement.lang === "fr";
    const name = text.previousElementSibling?.textContent ?? "";
    press.textContent = french ? `Copier : ${name}` : `Copy: ${name}`;
    press.addEventListener("click", async () => {
      getSelection()?.selectAllChildren(text);
      try {
        await navigator.clipboard.writeText(text.textContent ?? "");
        press.textContent = french ? `Copié : ${name}` : `Copied: ${name}`;
      } catch {
        press.textContent = french ? "Sélectionné ; Ctrl+C copie" : "Selected; Ctrl+C copies";
      }
    });
    text.after(press);
  }
}
