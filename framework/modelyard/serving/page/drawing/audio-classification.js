/** Audio classification: what a sound is, or what is heard in it, as bars with their probabilities, best first. */

import { bars, said } from "../parts/bars.js";
import { h } from "../parts/dom.js";

/**
 * Draws an answer.
 * @param {HTMLElement} place emptied first
 * @param {{answer: object}} said
 * @returns {Promise<string>} the answer in one sentence
 */
export async function draw(place, { answer: { predictions } }) {
  place.replaceChildren(h("div", { class: "drawn" }, bars(predictions)));
  return said(predictions, "No class is likely enough.");
}
