/** An asset's page where scripts run: lines can be copied, and a container of the reader's own can be asked. */

import { copy } from "./parts/copy.js";
import { h } from "./parts/dom.js";

for (const lines of document.querySelectorAll("[data-copy]")) {
  const button = h("button", { type: "button", text: "Copy" });
  const label = lines.getAttribute("aria-label");
  button.setAttribute("aria-label", `Copy: ${label}`);
  button.addEventListener("click", async () => {
    const done = await copy(lines.firstElementChild);
    button.textContent = done ? "Copied" : "Press Ctrl C";
    setTimeout(() => (button.textContent = "Copy"), 2000);
  });
  lines.parentElement.querySelector("[data-copy-here]")?.append(button);
}

// What the contents, or a link from elsewhere, lead to must be seen: folds around it open.
function unfold() {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let fold = target && target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
}
addEventListener("hashchange", unfold);
unfold();

const place = document.getElementById("try-it");
if (place) import("./try.js").then(({ start }) => start(place.dataset.name));
