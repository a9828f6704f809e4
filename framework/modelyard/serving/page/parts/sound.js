/** The sound that was sent: how long it is, and a stage that shows it over time, with a ruler in seconds and a cursor. */

import { h } from "./dom.js";

const RATE = 16_000; // of the samples that are shown
const WIDTH = 1200; // columns that a sound is painted in
const HEIGHT = 160;
const STEPS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800];
const LABELS = 7; // at most, along the ruler

/**
 * A file decoded by the browser: one channel, the mean of all.
 * @param {{file: Blob}} input
 * @returns {Promise<Float32Array|null>} null where the browser doesn't know the format
 */
export async function heard({ file }) {
  try {
    const sound = await new OfflineAudioContext(1, 1, RATE).decodeAudioData(await file.arrayBuffer());
    const mean = new Float32Array(sound.length);
    for (let channel = 0; channel < sound.numberOfChannels; channel++) {
      const samples = sound.getChannelData(channel);
      for (let at = 0; at < mean.length; at++) mean[at] += samples[at] / sound.numberOfChannels;
    }
    return mean;
  } catch {
    return null;
  }
}

/** Says that the sound can't be shown, where it would stand. */
export const unheard = () =>
  h("p", { class: "unseen-picture", text: "This browser can't read this kind of file. The model did." });

/**
 * A canvas with the wave, from its first sample to its last, as high as its loudest allows.
 * @param {Float32Array} samples
 */
export function wave(samples) {
  const { canvas, context } = sheet();
  let loudest = 1e-9;
  for (const sample of samples) loudest = Math.max(loudest, Math.abs(sample));
  const ink = getComputedStyle(document.documentElement).getPropertyValue("--ink");
  context.fillStyle = ink;
  for (let column = 0; column < WIDTH; column++) {
    let low = 0;
    let high = 0;
    const end = Math.max(1, Math.ceil(((column + 1) * samples.length) / WIDTH));
    for (let at = Math.floor((column * samples.length) / WIDTH); at < end && at < samples.length; at++) {
      low = Math.min(low, samples[at]);
      high = Math.max(high, samples[at]);
    }
    const top = (1 - high / loudest) * 0.5 * HEIGHT;
    context.fillRect(column, top, 1, Math.max(1, ((high - low) / loudest) * 0.5 * HEIGHT));
  }
  return canvas;
}

/** An empty canvas of the size of a wave. */
export function sheet() {
  const canvas = h("canvas", { "aria-hidden": "true" });
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  return { canvas, context: canvas.getContext("2d"), width: WIDTH, height: HEIGHT };
}

/**
 * A stage as long as the sound, with a ruler in seconds along its top.
 *
 * A pointer, or the arrow keys once the stage has the focus, point at a moment.
 *
 * @param {object} options
 * @param {number} options.seconds how long it is
 * @param {Node[]} options.layers from the bottom to the top
 * @param {string} options.label says what is seen
 * @param {number} options.step how far an arrow key moves, in seconds
 * @param {(second: number) => string} options.onpoint returns what stands there, for screen readers
 * @param {() => void} [options.onleave]
 * @returns {HTMLElement}
 */
export function timeline({ seconds, layers, label, step, onpoint, onleave = () => {} }) {
  const mark = h("i", { hidden: true });
  const line = h("span", { class: "moment", hidden: true });
  const spoken = h("p", { class: "unseen", role: "status" });
  const stage = h("div", { class: "stage", role: "application", tabindex: 0 }, ...layers, line, spoken);
  stage.setAttribute("aria-label", `${label} The arrow keys move a cursor that reads what is below it.`);
  const ruler = h("div", { class: "ruler across", "aria-hidden": "true" }, ...numbers(seconds), mark);

  let at = 0;
  const point = (second, byKeyboard) => {
    at = Math.min(seconds, Math.max(0, second));
    for (const one of [mark, line]) {
      one.hidden = false;
      one.style.setProperty("--at", `${(at / Math.max(seconds, 1e-9)) * 100}%`);
    }
    const said = onpoint(at);
    if (byKeyboard) spoken.textContent = said;
  };
  const leave = () => {
    mark.hidden = true;
    line.hidden = true;
    onleave();
  };
  const byPointer = (event) => {
    const box = stage.getBoundingClientRect();
    point(((event.clientX - box.left) / box.width) * seconds, false);
  };
  stage.addEventListener("pointermove", byPointer);
  stage.addEventListener("pointerdown", byPointer);
  stage.addEventListener("pointerleave", leave);
  stage.addEventListener("blur", leave);
  stage.addEventListener("focus", () => stage.matches(":focus-visible") && point(at, true));
  stage.addEventListener("keydown", (event) => {
    const stride = event.shiftKey ? step : Math.max(step, seconds / 50);
    const moves = { ArrowLeft: at - stride, ArrowRight: at + stride, Home: 0, End: seconds };
    if (!(event.key in moves)) return;
    event.preventDefault();
    point(moves[event.key], true);
  });
  return h("div", { class: "timeline" }, ruler, stage);
}

function numbers(seconds) {
  const step = STEPS.find((one) => seconds / one <= LABELS) ?? 3600;
  const found = [];
  for (let number = 0; number * step < seconds * 0.97; number++) {
    const element = h("span", { text: clock(number * step, step) });
    element.style.setProperty("--at", `${((number * step) / seconds) * 100}%`);
    found.push(element);
  }
  return found;
}

/** A moment as people write it: 0.25 s, 7 s, 2:05. */
export function clock(second, step = 0.01) {
  if (second >= 60) {
    const rest = step < 1 ? (second % 60).toFixed(2).padStart(5, "0") : String(Math.round(second % 60)).padStart(2, "0");
    return `${Math.floor(second / 60)}:${rest}`;
  }
  return `${second.toFixed(step < 0.1 ? 2 : step < 1 ? 1 : 0)} s`;
}

/**
 * A player of parts of a sound, out of sight.
 * @param {Blob} file
 * @returns {(begin: number, end: number) => void} plays that part; the same part again stops it
 */
export function player(file) {
  const sound = new Audio(URL.createObjectURL(file));
  let until = Infinity;
  sound.addEventListener("timeupdate", () => sound.currentTime >= until && sound.pause());
  return (begin, end) => {
    if (!sound.paused && until === end) {
      sound.pause();
      return;
    }
    until = end;
    sound.currentTime = begin;
    sound.play().catch(() => {}); // a sound that the browser can't read is shown as such already
  };
}

/**
 * How long it lasts.
 * @param {Blob} file
 * @returns {Promise<number|null>} seconds; null where the browser doesn't know the format
 */
export function duration(file) {
  const sound = new Audio();
  const url = URL.createObjectURL(file);
  return new Promise((resolve) => {
    const done = (seconds) => {
      URL.revokeObjectURL(url);
      resolve(seconds);
    };
    sound.addEventListener("loadedmetadata", () => done(Number.isFinite(sound.duration) ? sound.duration : null));
    sound.addEventListener("error", () => done(null));
    sound.preload = "metadata";
    sound.src = url;
  });
}
