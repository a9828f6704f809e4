/** JSON for people: long lists and long texts shortened, and said so. */

import { h } from "./dom.js";

const SCALARS = 12;
const ITEMS = 20;
const ROWS = 4;
const CHARACTERS = 300;
const DEEPEST = 12;

/**
 * Writes a value into an element.
 * @param {HTMLElement} place emptied first
 * @param {unknown} value what JSON.parse gave
 * @returns {number} how many values were left out
 */
export function show(place, value) {
  const view = { nodes: [], left: 0 };
  write(view, value, 0);
  place.replaceChildren(...view.nodes);
  return view.left;
}

const isList = Array.isArray;
const isScalar = (value) => value === null || typeof value !== "object";

function write(view, value, depth) {
  if (isScalar(value)) view.nodes.push(scalar(value));
  else if (depth >= DEEPEST) leaveOut(view, count(value), "values");
  else if (isList(value)) writeList(view, value, depth);
  else writeObject(view, value, depth);
}

function writeObject(view, value, depth) {
  const entries = Object.entries(value);
  if (entries.length === 0) return void view.nodes.push("{}");
  view.nodes.push("{");
  entries.forEach(([key, part], index) => {
    view.nodes.push(index ? ",\n" : "\n", indent(depth + 1), h("b", { text: JSON.stringify(key) }), ": ");
    write(view, part, depth + 1);
  });
  view.nodes.push("\n", indent(depth), "}");
}

function writeList(view, list, depth) {
  if (list.every(isScalar)) return writeRow(view, list);
  const most = list.every(isList) ? ROWS : ITEMS;
  view.nodes.push("[");
  list.slice(0, most).forEach((part, index) => {
    view.nodes.push(index ? ",\n" : "\n", indent(depth + 1));
    write(view, part, depth + 1);
  });
  if (list.length > most) {
    view.nodes.push(",\n", indent(depth + 1));
    leaveOut(view, count(list.slice(most)), "values", `${list.length - most} more, `);
  }
  view.nodes.push("\n", indent(depth), "]");
}

function writeRow(view, list) {
  view.nodes.push("[");
  list.slice(0, SCALARS).forEach((part, index) => view.nodes.push(index ? ", " : "", scalar(part)));
  if (list.length > SCALARS) {
    view.nodes.push(", ");
    leaveOut(view, list.length - SCALARS, "more");
  }
  view.nodes.push("]");
}

function scalar(value) {
  if (typeof value !== "string" || value.length <= CHARACTERS) return JSON.stringify(value);
  return `${JSON.stringify(value.slice(0, CHARACTERS)).slice(0, -1)}…" (${value.length.toLocaleString("en")} characters)`;
}

function leaveOut(view, left, unit, before = "") {
  view.left += left;
  view.nodes.push(h("i", { text: `… ${before}${left.toLocaleString("en")} ${unit}` }));
}

const count = (value) => (isScalar(value) ? 1 : Object.values(value).reduce((sum, part) => sum + count(part), 0));
const indent = (depth) => "  ".repeat(depth);
