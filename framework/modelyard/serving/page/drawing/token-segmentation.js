/** Token segmentation: the text with a mark between tokens; a token's place is said where it is pointed at. */

import { h } from "../parts/dom.js";

const MOST = 2000; // tokens that are drawn

/**
 * Draws an answer.
 * @param {HTMLElement} place emptied first
 * @param {{answer: object}} said
 * @returns {Promise<string>} the answer in one sentence
 */
export async function draw(place, { answer: { predictions } }) {
  const tokens = predictions[0] ?? [];
  const words = tokens.filter((one) => one.token.trim()).length;
  const list = h("ol", { class: "tokens", "aria-label": "Tokens, in the order of the text" }, ...tokens.slice(0, MOST).map(shown));
  const more = tokens.length > MOST ? [h("p", { class: "hint", text: `${tokens.length - MOST} more are not drawn.` })] : [];
  place.replaceChildren(list, ...more);
  if (words === tokens.length) return `${tokens.length} tokens.`;
  return `${tokens.length} tokens, of which ${tokens.length - words} ${tokens.length - words === 1 ? "is" : "are"} white space.`;
}

function shown({ token, start, end }) {
  const blank = token.trim() === "";
  return h("li", { class: blank ? "blank" : undefined, title: `${start} to ${end}`, text: blank ? "␣" : token });
}
