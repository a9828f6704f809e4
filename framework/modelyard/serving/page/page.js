/** The page: puts the parts together. What it knows of the model, it reads from model.json. */

import { bench, refuse } from "./parts/bench.js";
import { $, h } from "./parts/dom.js";
import { readiness } from "./parts/readiness.js";

const here = new URL("./", import.meta.url);
const root = new URL("../", here); // the container's, behind whatever proxy
const lookAgain = readiness(root, $("state"));

start().catch((error) => refuse({ message: `This page could not be put together: ${error.message}` }));

async function start() {
  const response = await fetch(new URL("model.json", here));
  if (!response.ok) throw new Error(`the container answered ${response.status}`);
  const model = await response.json();
  await bench(root, model, lookAgain);
  introduce(model);
}

function introduce(model) {
  document.title = `${model.title} · Try it`;
  $("title").textContent = model.title;
  $("summary").textContent = model.summary;
  const licenses = [...new Set([model.license, ...model.weights_licenses])].join(", ");
  const facts = [
    ["Version", model.version],
    ["Task", model.task.title],
    ["Runs on", `${model.variant}, ${model.runtime}`],
    ["Licence", licenses],
    ["Image key", model.key.replace(/^sha256:/, "").slice(0, 12)],
  ];
  $("facts").append(...facts.map(([name, value]) => h("div", {}, h("dt", { text: name }), h("dd", { text: value }))));
  $("facts").lastChild.title = model.key;
  if (/^https?:\/\//.test(model.source)) {
    const shown = model.source.replace(/^https?:\/\/(www\.)?|\/$/g, "");
    const link = h("a", { href: model.source, rel: "noreferrer", text: shown });
    $("facts").append(h("div", {}, h("dt", { text: "Source" }), h("dd", {}, link)));
  }
}
