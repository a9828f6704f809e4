/** Quality assessment: a gauge for each score, and the scores of each window over the sound. */

import { h } from "../parts/dom.js";
import { clock, heard, sheet, timeline, unheard, wave } from "../parts/sound.js";

const [WORST, BEST] = [1, 5];
const WORDS = ["bad", "poor", "fair", "good", "excellent"]; // the scale of ITU-T P.800

/**
 * Draws an answer.
 * @param {HTMLElement} place emptied first
 * @param {{answer: object, input: object}} said
 * @returns {Promise<string>} the answer in one sentence
 */
export async function draw(place, { answer, input }) {
  const { predictions: [scores], windows } = answer; // prettier-ignore
  const [[headline]] = Object.entries(scores);
  const samples = await heard(input);
  const seconds = samples ? samples.length / 16_000 : (windows.at(-1)?.end ?? 1);
  const shown = windows.filter(({ start }) => start < seconds).map((one) => ({ ...one, end: Math.min(one.end, seconds) }));
  const reading = h("p", { class: "reading" });
  const rest = () => reading.replaceChildren(h("span", { class: "hint", text: "Point at the sound to read the scores around a moment." }));
  rest();
  const stage = timeline({
    seconds,
    step: 1,
    layers: [...(samples ? [wave(samples)] : []), steps(shown, headline, seconds)],
    label: `The sound, and the score of each part of it. ${sentence(scores)}`,
    onleave: rest,
    onpoint(second) {
      const one = nearest(shown, second);
      if (!one) return clock(second);
      const said = Object.entries(one.scores).map(([name, score]) => `${name} ${score.toFixed(2)}`).join(", ");
      reading.replaceChildren(h("code", { text: `${clock(one.start)} – ${clock(one.end)}` }), h("strong", { text: said }));
      return `${clock(one.start)} to ${clock(one.end)}: ${said}`;
    },
  });
  const figure = h("div", { class: "figure" }, stage, ...(samples ? [] : [unheard()]), reading);
  const gauges = h("ul", { class: "bars", "aria-label": "Scores, from 1, bad, to 5, excellent" }, ...Object.entries(scores).map(gauge));
  place.replaceChildren(h("div", { class: "drawn" }, figure, h("div", { class: "aside" }, gauges)));
  return sentence(scores);
}

const share = (score) => Math.min(1, Math.max(0, (score - WORST) / (BEST - WORST)));
const word = (score) => WORDS[Math.round(Math.min(BEST, Math.max(WORST, score))) - WORST];

function sentence(scores) {
  const [[name, score], ...others] = Object.entries(scores);
  const more = others.map(([other, value]) => `${other} ${value.toFixed(2)}`).join(", ");
  return `${name} ${score.toFixed(2)} of 5, ${word(score)}${more ? `; ${more}` : ""}.`;
}

function gauge([name, score]) {
  const bar = h("span", { class: "share" });
  bar.style.setProperty("--share", share(score));
  return h(
    "li", { title: String(score) },
    h("span", { class: "name", text: `${name}, ${word(score)}` }), h("span", { class: "amount", text: score.toFixed(2) }), bar,
  ); // prettier-ignore
}

/** The window whose middle is the nearest. */
function nearest(windows, second) {
  const far = ({ start, end }) => Math.abs((start + end) / 2 - second);
  return windows.reduce((best, one) => (best === null || far(one) < far(best) ? one : best), null);
}

/** A short line at the middle of each window, as high as its score. */
function steps(windows, name, seconds) {
  const { canvas, context, width, height } = sheet();
  context.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--accent");
  for (const { start, end, scores } of windows) {
    const middle = ((start + end) / 2 / seconds) * width;
    context.fillRect(middle - 8, (1 - share(scores[name])) * (height - 4), 16, 4);
  }
  return canvas;
}
