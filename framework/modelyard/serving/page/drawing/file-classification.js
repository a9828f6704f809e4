/** File classification: the kinds of file as bars with their probabilities, best first, and the file's first bytes. */

import { bars, said } from "../parts/bars.js";
import { h } from "../parts/dom.js";

const MOST = 20;
const SEEN = 128; // bytes
const ROW = 8;

/**
 * Draws an answer.
 * @param {HTMLElement} place emptied first
 * @param {{answer: object, input: object}} said
 * @returns {Promise<string>} the answer in one sentence
 */
export async function draw(place, { answer: { predictions }, input }) {
  const bytes = new Uint8Array(await input.file.slice(0, SEEN).arrayBuffer());
  const kinds = predictions.slice(0, MOST);
  place.replaceChildren(
    h("div", { class: "drawn even" }, h("div", { class: "figure" }, bars(kinds)), h("div", { class: "aside" }, dump(bytes))),
  );
  return said(kinds, "No kind is likely enough.");
}

function dump(bytes) {
  const lines = [];
  for (let start = 0; start < bytes.length; start += ROW) {
    const row = [...bytes.slice(start, start + ROW)];
    const numbers = row.map((one) => one.toString(16).padStart(2, "0")).join(" ");
    const letters = row.map((one) => (one >= 32 && one < 127 ? String.fromCharCode(one) : "·")).join("");
    lines.push(`${numbers.padEnd(3 * ROW)} ${letters}`);
  }
  return h("pre", { class: "code", tabindex: "0", role: "region", "aria-label": "The file's first bytes", text: lines.join("\n") });
}
