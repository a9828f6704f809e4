/** The ways in which a file gets into the page: chosen from disk, dropped, pasted. */

import { $ } from "./dom.js";

const NOUNS = { image: "picture", audio: "sound", text: "text file", file: "file" };

function hint(kind) {
  if (matchMedia("(hover: none)").matches) return kind === "image" ? "from this device, or take a photo" : "from this device";
  return kind === "image" ? "or drop it here, or paste it" : "or drop it here";
}

/**
 * @param {{kind: string, media_types: string[]}} input of the model
 * @param {(file: File) => void} take what to do with a file
 */
export function choosing({ kind, media_types: types }, take) {
  const field = $("file");
  $("drop-title").textContent = `Choose a ${NOUNS[kind]}`;
  $("drop-hint").textContent = hint(kind);
  field.accept = types.join(",");
  field.addEventListener("change", () => {
    if (field.files.length) take(field.files[0]);
    field.value = ""; // so that the same file can be chosen again
  });

  // The whole window takes a drop: nobody should lose the page to a file that missed the box.
  let inside = 0;
  const hasFile = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  const mark = (on) => $("drop").classList.toggle("over", on);
  addEventListener("dragenter", (event) => hasFile(event) && mark(++inside > 0));
  addEventListener("dragleave", (event) => hasFile(event) && mark(--inside > 0));
  addEventListener("dragover", (event) => hasFile(event) && event.preventDefault());
  addEventListener("drop", (event) => {
    inside = 0;
    mark(false);
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    take(event.dataTransfer.files[0]);
  });
  addEventListener("paste", (event) => {
    const [file] = event.clipboardData?.files ?? [];
    if (!file) return;
    event.preventDefault();
    take(file);
  });
}
