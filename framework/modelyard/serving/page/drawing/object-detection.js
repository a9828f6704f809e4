/** Object detection: a box around everything that was found, over the picture. */

import { decoded } from "../parts/picture.js";
import { percent } from "../parts/dom.js";
import { show } from "../parts/found.js";

/**
 * Draws an answer.
 * @param {HTMLElement} place emptied first
 * @param {{answer: object, input: object}} said
 * @returns {Promise<string>} the answer in one sentence
 */
export async function draw(place, { answer: { predictions }, input }) {
  const picture = await decoded(input);
  const size = picture ? [picture.width, picture.height] : [400, 300];
  const things = numbered(predictions).map((one) => {
    const [top, left, bottom, right] = one.detection_box;
    const box = [left * size[0], top * size[1], right * size[0], bottom * size[1]];
    return { name: one.name, score: one.probability, box, at: [(box[0] + box[2]) / 2, box[1]] };
  });
  const sentence = said(predictions);
  show(place, {
    picture,
    size,
    things,
    draw: outline,
    read(x, y) {
      const inside = things.map(({ box }, index) => ({ index, area: area(box), in: x >= box[0] && x <= box[2] && y >= box[1] && y <= box[3] }));
      const smallest = inside.filter((one) => one.in).sort((a, b) => a.area - b.area)[0];
      if (!smallest) return null;
      const { name, score } = things[smallest.index];
      return { text: `${name}, ${percent(score)}`, index: smallest.index };
    },
    listed: "What was found, the likeliest first",
    sentence,
  });
  return sentence;
}

const area = ([left, top, right, bottom]) => (right - left) * (bottom - top);

/** Labels with a number, where there are several of one. */
function numbered(predictions) {
  const counts = new Map();
  for (const { label } of predictions) counts.set(label, (counts.get(label) ?? 0) + 1);
  const seen = new Map();
  return predictions.map((one) => {
    seen.set(one.label, (seen.get(one.label) ?? 0) + 1);
    return { ...one, name: counts.get(one.label) > 1 ? `${one.label} ${seen.get(one.label)}` : one.label };
  });
}

function said(predictions) {
  if (predictions.length === 0) return "Nothing was found in the picture.";
  const counts = new Map();
  for (const { label } of predictions) counts.set(label, (counts.get(label) ?? 0) + 1);
  return `Found: ${[...counts].slice(0, 6).map(([label, count]) => `${count} × ${label}`).join(", ")}.`;
}

function outline(pen, { box: [left, top, right, bottom] }, { rgb, width }) {
  for (const [stroke, thickness] of [["rgb(0 0 0 / 0.75)", width * 1.4], [`rgb(${rgb.join(" ")})`, width * 0.8]]) {
    pen.strokeStyle = stroke;
    pen.lineWidth = thickness;
    pen.strokeRect(left, top, right - left, bottom - top);
  }
}
