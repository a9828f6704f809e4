/** Voice activity detection: the wave with the speech in it, how likely it is, and a list to listen to. */

import { h, percent } from "../parts/dom.js";
import { clock, heard, player, sheet, timeline, unheard, wave } from "../parts/sound.js";

const LISTED = 100; // segments, at most

/**
 * Draws an answer.
 * @param {HTMLElement} place emptied first
 * @param {{answer: object, input: object}} said
 * @returns {Promise<string>} the answer in one sentence
 */
export async function draw(place, { answer, input }) {
  const { predictions: segments, seconds, frame_seconds: step, probabilities } = answer;
  const samples = await heard(input);
  const reading = h("p", { class: "reading" });
  const rest = () => reading.replaceChildren(h("span", { class: "hint", text: "Point at the sound to read a moment." }));
  rest();
  const stage = timeline({
    seconds,
    step,
    layers: [spans(segments, seconds), ...(samples ? [wave(samples)] : []), curve(probabilities, step, seconds)],
    label: `The sound, its speech in colour: ${sentence(segments, seconds)}`,
    onleave: rest,
    onpoint(second) {
      const likely = probabilities[Math.min(probabilities.length - 1, Math.floor(second / step))] ?? 0;
      const inside = segments.some(({ start, end }) => start <= second && second < end);
      const what = inside ? "speech" : "no speech";
      reading.replaceChildren(h("code", { text: clock(second) }), h("strong", { text: what }), h("span", { text: `probability ${percent(likely)}` }));
      return `${clock(second)}: ${what}, probability ${percent(likely)}`;
    },
  });
  const figure = h("div", { class: "figure" }, stage, ...(samples ? [] : [unheard()]), reading);
  place.replaceChildren(h("div", { class: "drawn" }, figure, h("div", { class: "aside" }, list(segments, seconds, player(input.file)))));
  return sentence(segments, seconds);
}

function sentence(segments, seconds) {
  if (segments.length === 0) return `Nobody speaks in ${clock(seconds)}.`;
  const spoken = segments.reduce((sum, { start, end }) => sum + end - start, 0);
  const parts = segments.length === 1 ? "one stretch" : `${segments.length.toLocaleString("en")} stretches`;
  return `${clock(spoken)} of speech in ${clock(seconds)}, in ${parts}.`;
}

function spans(segments, seconds) {
  const { canvas, context, width, height } = sheet();
  context.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--spoken");
  for (const { start, end } of segments) {
    context.fillRect((start / seconds) * width, 0, Math.max(1, ((end - start) / seconds) * width), height);
  }
  return canvas;
}

function curve(probabilities, step, seconds) {
  const { canvas, context, width, height } = sheet();
  context.strokeStyle = getComputedStyle(document.documentElement).getPropertyValue("--accent");
  context.lineWidth = 2;
  context.beginPath();
  probabilities.forEach((likely, frame) => {
    context.lineTo((((frame + 0.5) * step) / seconds) * width, 2 + (1 - likely) * (height - 4));
  });
  context.stroke();
  return canvas;
}

/** One line for each segment: a button that plays it. */
function list(segments, seconds, play) {
  const items = segments.slice(0, LISTED).map(({ start, end }) => {
    const share = h("span", { class: "share" });
    share.style.setProperty("--share", (end - start) / seconds);
    const item = h("button", { type: "button", title: `Play from ${clock(start)} to ${clock(end)}` });
    item.append(h("span", { text: "▶", "aria-hidden": "true" }), h("span", { class: "name", text: `${clock(start)} – ${clock(end)}` }));
    item.append(h("span", { class: "amount", text: clock(end - start) }), share);
    item.addEventListener("click", () => play(start, end));
    return h("li", {}, item);
  });
  const more = segments.length - items.length;
  if (more > 0) items.push(h("li", { class: "hint", text: `and ${more.toLocaleString("en")} more` }));
  if (items.length === 0) return h("p", { class: "hint", text: "No stretch of speech." });
  return h("ul", { class: "legend", "aria-label": "Stretches of speech" }, ...items);
}
