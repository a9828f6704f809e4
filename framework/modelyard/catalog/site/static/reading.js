/** What helps who reads a page, and is not needed to read it: a button to copy code, and contents that are open
    where there is room beside the text. */

import { copy } from "./parts/copy.js";

const ROOM = matchMedia("(min-width: 80rem)");
const SHOWN_FOR = 2_000;

function addButton(block) {
  const frame = document.createElement("div");
  frame.className = "copied-from";
  block.replaceWith(frame);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  const said = document.createElement("span");
  said.className = "unseen";
  said.setAttribute("role", "status");
  let timer;
  button.addEventListener("click", async () => {
    const done = await copy(block);
    button.textContent = done ? "Copied" : "Selected";
    said.textContent = done ? "Copied" : "It is selected: copy it with your keyboard";
    clearTimeout(timer);
    timer = setTimeout(() => {
      button.textContent = "Copy";
      said.textContent = "";
    }, SHOWN_FOR);
  });
  frame.append(block, button, said);
}

function unfold() {
  for (const outline of document.querySelectorAll("details.outline")) {
    outline.open = ROOM.matches;
  }
}

for (const block of document.querySelectorAll("pre.code:not([data-copy], [data-plain])")) {
  addButton(block);
}
unfold();
ROOM.addEventListener("change", unfold);
