/** Things found on a picture, such as people or faces: drawn over it, listed beside it, read by pointing at them. */

import { colour, swatch } from "./colours.js";
import { h, percent } from "./dom.js";
import { measured, photo, unseen } from "./picture.js";

const SHARPNESS = 1600; // pixels of the longer side, at least, that things are drawn with

/**
 * Fills a place with the picture, what was found on it, and the list.
 * @param {HTMLElement} place emptied first
 * @param {object} options
 * @param {ImageBitmap|null} options.picture that was sent; null where the browser can't show it
 * @param {number[]} options.size width and height to show where there is no picture
 * @param {{name: string, score: number, at: number[]}[]} options.things its name stands over `at`, in pixels
 * @param {(pen: CanvasRenderingContext2D, thing: object, style: {rgb: number[], width: number}) => void} options.draw
 *   draws one of them, in pixels of the picture
 * @param {(x: number, y: number) => {text: string, index: number}|null} options.read what stands at a pixel
 * @param {string} options.listed says what the list is
 * @param {string} options.sentence the answer
 */
export function show(place, { picture, size, things, draw, read, listed, sentence }) {
  const [width, height] = picture ? [picture.width, picture.height] : size;
  const canvas = h("canvas", { class: "mask" });
  const tags = h("div", { class: "tags", "aria-hidden": "true" }, ...things.map((thing, index) => tag(thing, index, width, height)));
  const legend = h("ul", { class: "legend", "aria-label": listed });
  let only = null;
  const repaint = () => {
    paint(canvas, [width, height], things, only, draw);
    things.forEach((_, index) => {
      tags.children[index].hidden = only !== null && only !== index;
      legend.children[index].firstChild.setAttribute("aria-pressed", String(only === index));
    });
  };
  const choose = (index) => {
    only = only === index ? null : index;
    repaint();
  };
  legend.append(...things.map((thing, index) => h("li", {}, entry(thing, index, choose))));
  repaint();

  const reading = h("p", { class: "reading" });
  const mark = (at) => [...legend.children].forEach((item, index) => item.firstChild.classList.toggle("at", index === at));
  const rest = () => {
    reading.replaceChildren(h("span", { class: "hint", text: "Point at the picture to read a place." }));
    mark(null);
  };
  rest();
  const stage = measured({
    width,
    height,
    layers: picture ? [photo(picture), canvas, tags] : [canvas, tags],
    label: `The picture with what was found on it: ${sentence}`,
    onleave: rest,
    onpoint(x, y) {
      const there = read(x, y);
      const text = there?.text ?? "nothing found here";
      reading.replaceChildren(h("code", { text: `x ${x}, y ${y}` }), h("strong", { text }));
      mark(there?.index ?? null);
      return `${text}, column ${x}, row ${y}`;
    },
  });
  const figure = h("div", { class: "figure" }, stage, ...(picture ? [] : [unseen()]), reading);
  place.replaceChildren(h("div", { class: "drawn" }, figure, h("div", { class: "aside" }, legend)));
}

function tag({ name, at: [x, y] }, index, width, height) {
  const element = h("span", { class: "tag", text: name });
  element.style.left = `${Math.min(92, Math.max(8, (x / width) * 100))}%`;
  element.style.top = `max(0.7rem, calc(${Math.min(100, (y / height) * 100)}% - 0.8rem))`;
  element.style.setProperty("--colour", `rgb(${colour(index + 1).join(" ")})`);
  return element;
}

/** One line of the list: a switch that shows this thing alone. */
function entry({ name, score }, index, choose) {
  const share = h("span", { class: "share" });
  share.style.setProperty("--share", score);
  const item = h("button", { type: "button", "aria-pressed": "false", title: `Show only ${name}` });
  item.append(swatch(colour(index + 1)), h("span", { class: "name", text: name }), h("span", { class: "amount", text: percent(score) }), share);
  item.addEventListener("click", () => choose(index));
  return item;
}

function paint(canvas, [width, height], things, only, draw) {
  const scale = Math.max(1, SHARPNESS / Math.max(width, height));
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const pen = canvas.getContext("2d");
  pen.scale(canvas.width / width, canvas.height / height);
  pen.lineCap = "round";
  pen.lineJoin = "round";
  things.forEach((thing, index) => {
    if (only === null || only === index) draw(pen, thing, { rgb: colour(index + 1), width: Math.max(width, height) / 130 });
  });
}
