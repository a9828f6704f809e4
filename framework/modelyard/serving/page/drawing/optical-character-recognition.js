/** Optical character recognition: the picture with a box around each line, and the lines to read and to copy. */

import { copy } from "../parts/copy.js";
import { h, percent } from "../parts/dom.js";
import { decoded, measured, photo, unseen } from "../parts/picture.js";

const SVG = "http://www.w3.org/2000/svg";
const LISTED = 300; // lines, at most

/**
 * Draws an answer.
 * @param {HTMLElement} place emptied first
 * @param {{answer: object, input: object}} said
 * @returns {Promise<string>} the answer in one sentence
 */
export async function draw(place, { answer, input }) {
  const { predictions: lines, image_size: [width, height] } = answer; // prettier-ignore
  const picture = await decoded(input);
  const boxes = lines.map(({ polygon }) => shape(polygon));
  const list = h("ol", { class: "legend lines", "aria-label": "Lines of text" }, ...lines.slice(0, LISTED).map(item));
  if (lines.length > LISTED) list.append(h("li", { class: "hint", text: `and ${(lines.length - LISTED).toLocaleString("en")} more` }));
  let chosen = null;
  const show = (at) => {
    if (chosen === at) return;
    for (const number of [chosen, at]) {
      boxes[number]?.classList.toggle("at", number === at);
      list.children[number]?.firstChild?.classList?.toggle("at", number === at);
    }
    chosen = at;
  };
  lines.slice(0, LISTED).forEach((_, number) => {
    const button = list.children[number].firstChild;
    for (const event of ["focus", "mouseenter", "click"]) button.addEventListener(event, () => show(number));
    for (const event of ["blur", "mouseleave"]) button.addEventListener(event, () => show(null));
  });
  const reading = h("p", { class: "reading" });
  const rest = () => {
    show(null);
    reading.replaceChildren(h("span", { class: "hint", text: "Point at a line to read it." }));
  };
  rest();
  const stage = measured({
    width,
    height,
    layers: [...(picture ? [photo(picture)] : []), outlines(boxes, width, height)],
    label: `The picture with a box around each line of text. ${sentence(lines)}`,
    onleave: rest,
    onpoint(x, y) {
      const at = lines.findIndex(({ polygon }) => inside(polygon, x + 0.5, y + 0.5));
      show(at < 0 ? null : at);
      const text = at < 0 ? "no text" : lines[at].text;
      reading.replaceChildren(h("code", { text: `${x}, ${y}` }), h("strong", { text }));
      return text;
    },
  });
  const whole = h("pre", { class: "unseen", "aria-hidden": "true", text: lines.map(({ text }) => text).join("\n") });
  const button = h("button", { type: "button", text: "Copy the text" });
  button.addEventListener("click", async () => {
    button.textContent = (await copy(whole)) ? "Copied" : "Press Ctrl+C to copy";
  });
  const found = lines.length ? [h("div", { class: "row" }, button), list, whole] : [h("p", { class: "hint", text: "No line of text." })];
  const aside = h("div", { class: "aside" }, ...found);
  const figure = h("div", { class: "figure" }, stage, ...(picture ? [] : [unseen()]), reading);
  place.replaceChildren(h("div", { class: "drawn even" }, figure, aside));
  return sentence(lines);
}

function sentence(lines) {
  if (lines.length === 0) return "No text was found in the picture.";
  const first = lines[0].text.length > 60 ? `${lines[0].text.slice(0, 60)}…` : lines[0].text;
  return lines.length === 1 ? `One line: “${first}”` : `${lines.length.toLocaleString("en")} lines, the first one: “${first}”`;
}

function item({ text, probability }) {
  const share = h("span", { class: "share" });
  share.style.setProperty("--share", probability);
  const button = h("button", { type: "button" }, h("span"), h("span", { class: "name", text }));
  button.append(h("span", { class: "amount", text: percent(probability) }), share);
  return h("li", {}, button);
}

function shape(polygon) {
  const element = document.createElementNS(SVG, "polygon");
  element.setAttribute("points", polygon.map((point) => point.join(",")).join(" "));
  return element;
}

function outlines(boxes, width, height) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("class", "outlines");
  svg.setAttribute("aria-hidden", "true");
  svg.append(...boxes);
  return svg;
}

/** Whether a point lies in a convex polygon: on one side of all its edges. */
function inside(polygon, x, y) {
  const sides = polygon.map(([ax, ay], at) => {
    const [bx, by] = polygon[(at + 1) % polygon.length];
    return (bx - ax) * (y - ay) - (by - ay) * (x - ax);
  });
  return sides.every((side) => side >= 0) || sides.every((side) => side <= 0);
}
