/** Copying a text: the clipboard's own way where the page may use it, the old way over plain http. */

export async function copy(element) {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(element.textContent);
      return true;
    } catch {
      // Not allowed here: the old way may be.
    }
  }
  getSelection().selectAllChildren(element);
  // Where this fails too, the text stays selected, for the person to copy.
  return document.execCommand("copy");
}
