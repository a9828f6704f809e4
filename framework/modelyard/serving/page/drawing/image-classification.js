/** Image classification: the picture, and its classes as bars with their probabilities, best first. */

import { h, percent } from "../parts/dom.js";
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
  const bars = h("ol", { class: "bars", "aria-label": "Classes, the likeliest first" }, ...predictions.map(bar));
  place.replaceChildren(
    h("div", { class: "drawn even" }, h("div", { class: "figure plain" }, shown), h("div", { class: "aside" }, bars)),
  );
  if (predictions.length === 0) return "No class is likely enough.";
  return `${predictions.slice(0, 3).map((one) => `${one.label} ${percent(one.probability)}`).join(", ")}.`;
}

function bar({ label_id: id, label, probability }) {
  const share = h("span", { class: "share" });
  share.style.setProperty("--share", probability);
  return h(
    "li", { title: `${id}: ${probability}` },
    h("span", { class: "name", text: label }), h("span", { class: "amount", text: percent(probability) }), share,
  ); // prettier-ignore
}
