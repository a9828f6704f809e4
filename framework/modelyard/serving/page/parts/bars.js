/** Classes as bars with their probabilities, best first. */

import { h, percent } from "./dom.js";

/**
 * A list of bars.
 * @param {{label_id: string, label: string, probability: number}[]} predictions
 * @returns {HTMLElement}
 */
export function bars(predictions) {
  return h("ol", { class: "bars", "aria-label": "Classes, the likeliest first" }, ...predictions.map(bar));
}

/** The first few in a sentence. */
export const said = (predictions, none) =>
  predictions.length === 0
    ? none
    : `${predictions.slice(0, 3).map((one) => `${one.label} ${percent(one.probability)}`).join(", ")}.`;

function bar({ label_id: id, label, probability }) {
  const share = h("span", { class: "share" });
  share.style.setProperty("--share", probability);
  return h(
    "li", { title: `${id}: ${probability}` },
    h("span", { class: "name", text: label }), h("span", { class: "amount", text: percent(probability) }), share,
  ); // prettier-ignore
}
