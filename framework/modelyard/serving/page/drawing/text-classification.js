/** Text classification: the classes as bars with their probabilities, best first. */

import { bars } from "../parts/bars.js";

/**
 * Draws an answer.
 * @param {HTMLElement} place emptied first
 * @param {{answer: object}} said
 * @returns {Promise<string>} the answer in one sentence
 */
export async function draw(place, { answer: { predictions } }) {
  const drawn = bars(Object.entries(predictions[0] ?? {}), "Classes, the likeliest first");
  place.replaceChildren(drawn.list);
  return drawn.sentence;
}
