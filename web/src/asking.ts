// What the boxes of both consoles do alike.

/** Ctrl+Enter asks. */
export function asking(box: HTMLTextAreaElement): void {
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    box.form?.requestSubmit();
  });
}
