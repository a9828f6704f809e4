/** Image classification: the picture, and its classes as bars with their probabilities, best first. */

import { bars, said } from "../parts/bars.js";
import { h } from "../parts/dom.js";
import { decoded, photo, unseen } from "../parts/picture.js";

/**
 * Draws an answer.
 * @param {HTMLElement} place emptied first
 * @param {{answer: object, input: object}} said
 * @returns {Promise<string>} the answer in one sentence
 */
export async function draw(place, { answer: { predictions }, input }) {
  const picture = await decoded(input);
  const shown = picture ? photo(picture) : unseen();
  if (picture) {
    shown.setAttribute("role", "img");
    shown.setAttribute("aria-label", "The picture that was sent");
  }
  const aside = h("div", { class: "aside" }, bars(predictions));
  place.replaceChildren(h("div", { class: "drawn even" }, h("div", { class: "figure plain" }, shown), aside));
  return said(predictions, "No class is likely enough.");
}
