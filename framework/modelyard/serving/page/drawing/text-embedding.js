/** Text embedding: how alike the text is to those asked before it, and its vector as a strip of squares. */

import { h } from "../parts/dom.js";

const REMEMBERED = 8;
const COLUMNS = 64;
const SHOWN = 60; // characters of a text

/** What was asked on this page, the latest first: a vector says something beside another one only. */
let asked = [];

/**
 * Draws an answer.
 * @param {HTMLElement} place emptied first
 * @param {{answer: object, input: object}} said
 * @returns {Promise<string>} the answer in one sentence
 */
export async function draw(place, { answer: { predictions }, input }) {
  const text = (await input.file.text()).trim();
  const vector = predictions[0];
  const others = asked.filter((one) => one.text !== text && one.vector.length === vector.length);
  asked = [{ text, vector }, ...others].slice(0, REMEMBERED);
  place.replaceChildren(matrix(asked), strip(vector));
  if (asked.length === 1) return `A vector of ${vector.length} numbers. Ask another text to see how alike the two are.`;
  const [nearest] = asked.slice(1).sort((a, b) => cosine(vector, b.vector) - cosine(vector, a.vector));
  return `Likeness to “${shortened(nearest.text)}”: ${cosine(vector, nearest.vector).toFixed(2)}, where 1 is the same.`;
}

const shortened = (text) => (text.length > SHOWN ? `${text.slice(0, SHOWN - 1)}…` : text).replaceAll(/\s+/g, " ") || "…";

function cosine(a, b) {
  const dot = (x, y) => x.reduce((sum, value, at) => sum + value * y[at], 0);
  return dot(a, b) / (Math.sqrt(dot(a, a) * dot(b, b)) || 1);
}

/** A table of the cosines between the texts; a number stands in each square, so that colour is not needed. */
function matrix(texts) {
  const head = h("tr", {}, h("td"), ...texts.map((_, at) => h("th", { scope: "col", text: String(at + 1) })));
  const rows = texts.map((row, at) =>
    h(
      "tr", {},
      h("th", { scope: "row", title: row.text.slice(0, 1000), text: `${at + 1}  ${shortened(row.text)}` }),
      ...texts.map((column) => cell(cosine(row.vector, column.vector))),
    ), // prettier-ignore
  );
  const caption = h("caption", { class: "hint", text: "How alike the texts of this visit are: the cosine of their vectors" });
  const table = h("table", { class: "likeness" }, caption, h("thead", {}, head), h("tbody", {}, ...rows));
  return h("div", { class: "wide", tabindex: "0", role: "region", "aria-label": "Likeness of the texts" }, table);
}

function cell(value) {
  const square = h("td", {}, h("span", { class: "alike", text: value.toFixed(2) }));
  square.firstChild.style.setProperty("--share", Math.max(0, value).toFixed(3));
  return square;
}

function strip(vector) {
  const most = Math.max(...vector.map(Math.abs)) || 1;
  const canvas = h("canvas", { class: "strip", role: "img", "aria-label": `The vector's ${vector.length} numbers: red above zero, blue below` });
  canvas.width = Math.min(COLUMNS, vector.length);
  canvas.height = Math.ceil(vector.length / COLUMNS);
  const context = canvas.getContext("2d");
  const pixels = context.createImageData(canvas.width, canvas.height);
  vector.forEach((value, at) => {
    const pale = Math.round(255 * (1 - Math.abs(value) / most));
    pixels.data.set([value > 0 ? 255 : pale, pale, value < 0 ? 255 : pale, 255], 4 * at);
  });
  context.putImageData(pixels, 0, 0);
  return h("figure", { class: "figure" }, canvas, h("figcaption", { class: "hint", text: "Its numbers: red above zero, blue below" }));
}
