/** Text classification: the classes as bars with their probabilities, best first. */

import { h, percent } from "../parts/dom.js";

/**
 * Draws an answer.
 * @param {HTMLElement} place emptied first
 * @param {{answer: object}} said
 * @returns {Promise<string>} the answer in one sentence
 */
export async function draw(place, { answer: { predictions } }) {
  const classes = Object.entries(predictions[0] ?? {}).slice(0, 20);
  const bars = h("ol", { class: "bars", "aria-label": "Classes, the likeliest first" }, ...classes.map(bar));
  place.replaceChildren(bars);
  if (classes.length === 0) return "No class is likely enough.";
  return `${classes.slice(0, 3).map(([label, share]) => `${label} ${percent(share)}`).join(", ")}.`;
}

function bar([label, probability]) {
  const share = h("span", { class: "share" });
  share.style.setProperty("--share", probability);
  return h(
    "li", { title: String(probability) },
    h("span", { class: "name", text: label }), h("span", { class: "amount", text: percent(probability) }), share,
  ); // prettier-ignore
}
