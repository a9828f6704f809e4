/** What is drawn for a task without a drawing of its own: the answer as it came, shortened. */

import { h } from "../parts/dom.js";
import { show } from "../parts/json-view.js";

/**
 * Draws an answer.
 * @param {HTMLElement} place emptied first
 * @param {{answer: object}} said
 * @returns {Promise<string>} the answer in one sentence
 */
export async function draw(place, { answer }) {
  const view = h("pre", { class: "code", tabindex: 0, role: "region", "aria-label": "The answer, shortened" });
  show(view, answer);
  place.replaceChildren(view);
  return "The model answered.";
}
