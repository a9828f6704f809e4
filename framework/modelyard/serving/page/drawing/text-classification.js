/** Text classification: the classes as bars with their probabilities, best first. */

import { bars, said } from "../parts/bars.js";

const MOST = 20;

/**
 * Draws an answer.
 * @param {HTMLElement} place emptied first
 * @param {{answer: object}} given
 * @returns {Promise<string>} the answer in one sentence
 */
export async function draw(place, { answer: { predictions } }) {
  const classes = Object.entries(predictions[0] ?? {}).slice(0, MOST);
  const named = classes.map(([label, probability]) => ({ label_id: label, label, probability }));
  place.replaceChildren(bars(named));
  return said(named, "No class is likely enough.");
}
