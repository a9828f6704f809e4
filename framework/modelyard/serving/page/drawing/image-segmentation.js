/** Image segmentation: the classes in colour over the picture, measured. */

import { PATTERNS, colour, isBackground, swatch } from "../parts/colours.js";
import { h, percent } from "../parts/dom.js";
import { decoded, measured, photo, unseen } from "../parts/picture.js";

const SHARPNESS = 1200; // pixels of the longer side, about, that the mask is painted with
const NAMED_FROM = 0.004; // share of the picture from which a class gets its name on it

/**
 * Draws an answer.
 * @param {HTMLElement} place emptied first
 * @param {{answer: object, input: object, labels: string[]}} said
 * @returns {Promise<string>} the answer in one sentence
 */
export async function draw(place, { answer, input, labels }) {
  const map = read(answer, labels);
  const picture = await decoded(input);
  const mask = h("canvas", { class: "mask" });
  const tags = h("div", { class: "tags", "aria-hidden": "true" }, ...map.found.filter(isNamed).map((one) => tag(one, map)));
  const view = { only: null, patterns: matchMedia("(prefers-contrast: more), (forced-colors: active)").matches };
  const legend = h("ul", { class: "legend", "aria-label": "Classes in the picture" });
  const repaint = () => {
    paint(mask, map, view);
    map.found.forEach((one, index) => {
      const item = legend.children[index].firstChild;
      item.setAttribute("aria-pressed", String(view.only === one.id));
      item.firstChild.replaceWith(key(one, view.patterns));
    });
  };
  legend.append(...map.found.map((one) => h("li", {}, entry(one, view, repaint))));
  repaint();
  const reading = h("p", { class: "reading" });
  const rest = () => {
    reading.replaceChildren(h("span", { class: "hint", text: "Point at the picture to read a pixel." }));
    for (const item of legend.querySelectorAll(".at")) item.classList.remove("at");
  };
  rest();
  const stage = measured({
    width: map.width,
    height: map.height,
    layers: picture ? [photo(picture), mask, tags] : [mask, tags],
    label: `The picture with its classes in colour: ${sentence(map)}`,
    onleave: rest,
    onpoint(x, y) {
      const id = map.classes[y * map.width + x];
      const { name } = map.found.find((one) => one.id === id);
      reading.replaceChildren(h("code", { text: `seg_map[${y}][${x}] = ${id}` }), h("strong", { text: name }));
      for (const item of legend.children) item.firstChild.classList.toggle("at", item.firstChild.value === String(id));
      return `${name}, column ${x}, row ${y}`;
    },
  });

  const aside = h("div", { class: "aside" }, legend, dials(mask, tags, view, repaint));
  const main = h("div", { class: "figure" }, stage, ...(picture ? [] : [unseen()]), reading);
  place.replaceChildren(h("div", { class: "drawn" }, main, aside));
  return sentence(map);
}

/** The answer as one flat array, and the classes in it, the most frequent first, the background last. */
function read({ image_size: [width, height], seg_map: rows }, labels) {
  const classes = Uint16Array.from(rows.flat());
  const counts = new Map();
  for (const id of classes) counts.set(id, (counts.get(id) ?? 0) + 1);
  const found = [...counts]
    .map(([id, count]) => ({ id, share: count / classes.length, name: labels[id] ?? `class ${id}`, empty: isBackground(id, labels) }))
    .sort((a, b) => a.empty - b.empty || b.share - a.share);
  found.forEach((one, rank) => (one.pattern = PATTERNS[rank % PATTERNS.length]));
  return { width, height, classes, found, middles: middles(classes, width, height) };
}

const isNamed = ({ empty, share }) => !empty && share >= NAMED_FROM;

function sentence({ found }) {
  const named = found.filter(({ empty }) => !empty);
  if (named.length === 0) return "Only background: nothing that this model knows is in the picture.";
  return `${found.slice(0, 6).map(({ name, share }) => `${name} ${percent(share)}`).join(", ")}.`;
}

/** For each class the pixel that is farthest from any other class, so that a name fits there: {id: [index, distance]}. */
function middles(classes, width, height) {
  const far = new Uint16Array(classes.length);
  const best = new Map();
  const near = (at, other, inside) => (inside && classes[other] === classes[at] ? far[other] + 1 : 1);
  for (let at = 0; at < far.length; at++) {
    far[at] = Math.min(near(at, at - 1, at % width > 0), near(at, at - width, at >= width));
  }
  for (let at = far.length - 1; at >= 0; at--) {
    const right = near(at, at + 1, at % width < width - 1);
    far[at] = Math.min(far[at], right, near(at, at + width, at < far.length - width));
    if (far[at] > (best.get(classes[at])?.[1] ?? 0)) best.set(classes[at], [at, far[at]]);
  }
  return best;
}

function tag({ id, name }, { width, height, middles }) {
  const [at] = middles.get(id);
  const element = h("span", { class: "tag", text: name });
  element.style.left = `${(((at % width) + 0.5) / width) * 100}%`;
  element.style.top = `${((Math.floor(at / width) + 0.5) / height) * 100}%`;
  element.style.setProperty("--colour", `rgb(${colour(id).join(" ")})`);
  return element;
}

/** One line of the legend: a switch that shows this class alone. */
function entry(one, view, repaint) {
  const bar = h("span", { class: one.empty ? "share faint" : "share" });
  bar.style.setProperty("--share", one.share);
  const item = h("button", { type: "button", value: one.id, title: `Show only ${one.name}` });
  item.append(key(one), h("span", { class: "name", text: one.name }), h("span", { class: "amount", text: percent(one.share) }), bar);
  item.addEventListener("click", () => {
    view.only = view.only === one.id ? null : one.id;
    repaint();
  });
  return item;
}

const key = ({ id, empty, pattern }, patterns) =>
  empty ? h("span", { class: "swatch empty" }) : swatch(colour(id), patterns && pattern);

function dials(mask, tags, view, repaint) {
  const opacity = h("input", { type: "range", min: 0, max: 100, value: 75, id: "opacity" });
  opacity.addEventListener("input", () => (mask.style.opacity = opacity.value / 100));
  mask.style.opacity = opacity.value / 100;
  const toggle = (id, text, checked, change) => {
    const box = h("input", { type: "checkbox", id, checked });
    box.addEventListener("change", () => change(box.checked));
    return h("label", { class: "toggle", for: id }, box, text);
  };
  return h(
    "div", { class: "dials" },
    h("label", { for: "opacity", text: "Opacity of the colours" }), opacity,
    toggle("names", "Names on the picture", true, (on) => (tags.hidden = !on)),
    toggle("patterns", "Patterns beside colours", view.patterns, (on) => { view.patterns = on; repaint(); }),
  ); // prettier-ignore
}

/** Paints every class in its colour, outlined; the background stays clear unless it is asked for alone. */
function paint(canvas, { width, height, classes, found }, { only, patterns }) {
  const scale = Math.max(1, Math.min(4, Math.round(SHARPNESS / Math.max(width, height))));
  canvas.width = width * scale;
  canvas.height = height * scale;
  const context = canvas.getContext("2d");
  const image = context.createImageData(canvas.width, canvas.height);
  const styles = new Map(found.map((one) => [one.id, { rgb: one.empty ? [128, 128, 128] : colour(one.id), ...one }]));
  const class_at = (x, y) => classes[Math.floor(y / scale) * width + Math.floor(x / scale)];
  const lastX = canvas.width - 1;
  const lastY = canvas.height - 1;
  for (let y = 0, at = 0; y <= lastY; y++) {
    for (let x = 0; x <= lastX; x++, at += 4) {
      const id = class_at(x, y);
      const style = styles.get(id);
      if (only === null ? style.empty : only !== id) continue;
      const edge =
        id !== class_at(Math.max(0, x - 2), y) || id !== class_at(Math.min(lastX, x + 2), y) ||
        id !== class_at(x, Math.max(0, y - 2)) || id !== class_at(x, Math.min(lastY, y + 2)); // prettier-ignore
      const stroke = patterns && style.pattern(x, y);
      for (let channel = 0; channel < 3; channel++) {
        const value = style.rgb[channel];
        image.data[at + channel] = edge ? value * 0.45 : stroke ? 255 - (255 - value) * 0.25 : value;
      }
      image.data[at + 3] = edge ? 255 : 215;
    }
  }
  context.putImageData(image, 0, 0);
}
