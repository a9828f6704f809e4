/** Time series forecasting: a curve for each quantity, what comes in another colour with its interval, and the numbers. */

import { h } from "../parts/dom.js";
import { columns } from "../parts/table.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 600;
const HEIGHT = 120;
const SHOWN_ROWS = 120; // of what was sent, the last ones
const SHOWN_QUANTITIES = 12;

/**
 * Draws an answer.
 * @param {HTMLElement} place emptied first
 * @param {{answer: object, input: object}} said
 * @returns {Promise<string>} the answer in one sentence
 */
export async function draw(place, { answer: { predictions: steps }, input }) {
  const sent = await columns(input.file).catch(() => new Map());
  const names = Object.keys(steps[0].values);
  const shown = names.slice(0, SHOWN_QUANTITIES);
  const panels = shown.map((name) => panel(name, past(sent.get(name)), steps));
  place.replaceChildren(h("div", { class: "curves" }, ...panels), table(shown, steps));
  const first = shown.slice(0, 4).map((name) => `${name} ${ofSteps(name, steps)(steps[0].values[name])}`);
  return `${steps[0].time ?? "Next"}: ${first.join(", ")}. ${counted(steps.length, "step")} of ${counted(names.length, "quantity", "quantities")}.`;
}

const counted = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;
/** How numbers of a quantity are written: to about a hundredth of what it ranges over. */
function rounding(numbers) {
  const range = Math.max(...numbers) - Math.min(...numbers) || Math.abs(numbers[0]) || 1;
  const digits = Math.min(12, Math.max(0, 2 - Math.floor(Math.log10(range))));
  return (value) => value.toLocaleString("en", { maximumFractionDigits: digits, signDisplay: "negative" });
}

const ofSteps = (name, steps) =>
  rounding(steps.flatMap(({ values, interval }) => [values[name], ...(interval ? [interval.low[name], interval.high[name]] : [])]));

/** What was sent of a quantity, where it can be read. */
function past(cells) {
  const numbers = (cells ?? []).slice(-SHOWN_ROWS);
  return numbers.every(Number.isFinite) ? numbers : [];
}

/** One quantity: its curves, a slider that reads them, the number that it points at. */
function panel(name, before, steps) {
  const coming = steps.map((step) => ({
    when: step.time ?? `step ${step.step}`,
    value: step.values[name],
    low: step.interval?.low[name] ?? step.values[name],
    high: step.interval?.high[name] ?? step.values[name],
    level: step.interval?.level,
  }));
  const rows = before.map((value, row) => ({ when: ago(before.length - 1 - row), value }));
  const all = [...before, ...coming.flatMap(({ low, high, value }) => [low, high, value])];
  const scale = { low: Math.min(...all), high: Math.max(...all), count: rows.length + coming.length };
  const round = rounding(all);
  const reading = h("output", { class: "amount" });
  const cursor = shape("line", { class: "cursor", y1: 0, y2: HEIGHT });
  const slider = h("input", { type: "range", min: 0, max: scale.count - 1, value: rows.length, "aria-label": `Read ${name}` });
  const read = () => {
    const at = Number(slider.value);
    const one = [...rows, ...coming][at];
    const sure = one.level ? ` (${round(one.low)} to ${round(one.high)})` : "";
    reading.textContent = `${one.when}: ${round(one.value)}${sure}`;
    slider.setAttribute("aria-valuetext", reading.textContent);
    cursor.setAttribute("x1", across(at, scale));
    cursor.setAttribute("x2", across(at, scale));
  };
  slider.addEventListener("input", read);
  read();
  const label = `${name}: ${counted(rows.length, "row")} sent, from ${round(scale.low)} to ${round(scale.high)}, and ${counted(coming.length, "step")} to come`;
  const picture = shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label, preserveAspectRatio: "none" });
  picture.append(...curves(before, coming, scale), cursor);
  const heading = h("div", { class: "heading" }, h("strong", { text: name }), reading);
  const axis = h("div", { class: "axis", "aria-hidden": "true" }, h("span", { text: round(scale.high) }), h("span", { text: round(scale.low) }));
  return h("figure", { class: "curve" }, heading, h("div", { class: "chart" }, axis, picture), slider);
}

const ago = (rows) => (rows === 0 ? "last row" : `${counted(rows, "row")} before`);
const across = (at, { count }) => (WIDTH * at) / Math.max(1, count - 1);
const down = (value, { low, high }) => 4 + (HEIGHT - 8) * (1 - (value - low) / (high - low || 1));

function curves(before, coming, scale) {
  // The future begins where the past ends.
  const joint = before.length ? [{ value: before.at(-1), low: before.at(-1), high: before.at(-1) }] : [];
  const future = [...joint, ...coming];
  const start = before.length - joint.length;
  const point = (value, at) => `${across(at, scale).toFixed(1)},${down(value, scale).toFixed(1)}`;
  const ends = [...future.map(({ low }, at) => point(low, start + at)), ...future.map(({ high }, at) => point(high, start + at)).reverse()];
  return [
    shape("polygon", { class: "band", points: ends.join(" ") }),
    shape("polyline", { class: "past", points: before.map(point).join(" ") }),
    shape("polyline", { class: "coming", points: future.map(({ value }, at) => point(value, start + at)).join(" ") }),
  ];
}

function shape(name, properties) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(properties)) element.setAttribute(key, value);
  return element;
}

/** The numbers, a row for each step. */
function table(names, steps) {
  const roundings = names.map((name) => ofSteps(name, steps));
  const level = steps[0].interval?.level;
  const head = h("tr", {}, h("th", { scope: "col", text: "when" }), ...names.map((name) => h("th", { scope: "col", text: name })));
  const rows = steps.map((step) =>
    h("tr", {}, h("th", { scope: "row", text: step.time ?? step.step }), ...names.map((name, column) => cell(step, name, roundings[column]))),
  );
  const caption = h("caption", { text: level ? `Below each number: where it lies with ${Math.round(100 * level)}% probability.` : "The numbers." });
  const numbers = h("table", { class: "numbers" }, caption, h("thead", {}, head), h("tbody", {}, ...rows));
  return h("div", { class: "scrolled", tabindex: 0, role: "region", "aria-label": "The forecast in numbers" }, numbers);
}

function cell(step, name, round) {
  const ends = step.interval && `${round(step.interval.low[name])} to ${round(step.interval.high[name])}`;
  return h("td", {}, round(step.values[name]), ...(ends ? [h("span", { class: "hint", text: ends })] : []));
}
