/** Human pose estimation: every person's parts and the lines between them, over the picture. */

import { decoded } from "../parts/picture.js";
import { show } from "../parts/found.js";

const NEAR = 0.04; // of the longer side: how far from a part one may point at it

/**
 * Draws an answer.
 * @param {HTMLElement} place emptied first
 * @param {{answer: object, input: object}} said
 * @returns {Promise<string>} the answer in one sentence
 */
export async function draw(place, { answer: { predictions }, input }) {
  const people = predictions.map((one, index) => ({ ...one, name: `person ${index}`, at: top(one.body_parts) }));
  const parts = people.flatMap((person, index) => person.body_parts.map((part) => ({ ...part, index, who: person.name })));
  const picture = await decoded(input);
  const size = ["x", "y"].map((axis) => Math.max(100, ...parts.map((part) => Math.ceil(part[axis] * 1.1))));
  const longest = Math.max(...(picture ? [picture.width, picture.height] : size));
  const sentence = said(people);
  show(place, {
    picture,
    size,
    things: people,
    draw: skeleton,
    read(x, y) {
      const near = parts.map((part) => [Math.hypot(part.x - x, part.y - y), part]).sort((a, b) => a[0] - b[0])[0];
      if (!near || near[0] > NEAR * longest) return null;
      const [, { part_name: part, who, score, index }] = near;
      return { text: `${part} of ${who}, ${(100 * score).toFixed(0)}%`, index };
    },
    listed: "People, the most certain first",
    sentence,
  });
  return sentence;
}

function said(people) {
  if (people.length === 0) return "Nobody was found in the picture.";
  const each = people.slice(0, 5).map(({ body_parts: { length } }) => `${length} part${length === 1 ? "" : "s"}`);
  return `${people.length === 1 ? "One person" : `${people.length} people`}, with ${each.join(", ")}${people.length > 5 ? " and so on" : ""}.`;
}

/** What a person's name stands over: the top of the head, which is as far above the eyes as these are wide apart. */
function top(parts) {
  const highest = parts.reduce((a, b) => (b.y < a.y ? b : a));
  const head = parts.filter(({ part_name: name }) => /Nose|Eye|Ear/.test(name)).map(({ x }) => x);
  return [highest.x, highest.y - (head.length > 1 ? Math.max(...head) - Math.min(...head) : 0) * 0.6];
}

function skeleton(pen, { pose_lines: lines, body_parts: parts }, { rgb, width }) {
  const style = `rgb(${rgb.join(" ")})`;
  for (const [stroke, thickness] of [["rgb(0 0 0 / 0.75)", width * 1.6], [style, width]]) {
    pen.strokeStyle = stroke;
    pen.lineWidth = thickness;
    for (const { line: [x1, y1, x2, y2] } of lines) {
      pen.beginPath();
      pen.moveTo(x1 + 0.5, y1 + 0.5);
      pen.lineTo(x2 + 0.5, y2 + 0.5);
      pen.stroke();
    }
  }
  for (const { x, y } of parts) {
    pen.beginPath();
    pen.arc(x + 0.5, y + 0.5, width, 0, 2 * Math.PI);
    pen.fillStyle = style;
    pen.fill();
    pen.lineWidth = width * 0.35;
    pen.strokeStyle = "black";
    pen.stroke();
  }
}
