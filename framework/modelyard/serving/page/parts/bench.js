/** Asking and drawing: the part of the page between what is asked and what is answered, wherever the container is. */

import { ask, curl } from "./ask.js";
import { choosing } from "./choosing.js";
import { copy } from "./copy.js";
import { $, bytes, h } from "./dom.js";
import { show } from "./json-view.js";
import { controls } from "./parameters.js";
import { cannotRecord, record } from "./record.js";
import { explain } from "./why.js";

const DRAWING = /^drawing\/[a-z-]+\.js$/;

let root;
let model;
let drawing;
let lost;
let parameters;
let question = null; // {file, url?, text?, preview?}
let latest = new AbortController();

/**
 * Sets everything up; once a page.
 * @param {URL} container its address, with a slash at its end
 * @param {object} described its model.json
 * @param {() => void} unanswered called where no answer came
 */
export async function bench(container, described, unanswered) {
  root = container;
  model = described;
  lost = unanswered;
  drawing = await drawn(model.drawing);
  choosing(model.input, takeFile);
  $("samples-part").hidden = model.samples.length === 0;
  $("samples").append(...model.samples.map(sampleButton));
  parameters = controls($("parameters"), model.parameters);
  $("parameters-part").hidden = model.parameters.length === 0;
  $("parameters-part").addEventListener("change", again);
  $("parameters-part").addEventListener("submit", (event) => (event.preventDefault(), again()));
  $("parameters-part").addEventListener("reset", (event) => (event.preventDefault(), parameters.set({}), again()));
  if (model.input.kind === "text") writing();
  if (model.input.kind === "audio") recording();
  $("copy").addEventListener("click", copyCurl);
  $("why").addEventListener("click", because);
}

/** What draws an answer: of a container that is newer than these files, the answer as it came. */
async function drawn(name) {
  if (DRAWING.test(name)) {
    try {
      return await import(`../${name}`);
    } catch {
      // There is none of that name here.
    }
  }
  return import("../drawing/json.js");
}

/** An address as an element may show it: what is elsewhere is fetched first, so that no policy need name it. */
async function seen(url) {
  return url.origin === location.origin ? url : URL.createObjectURL(await (await fetch(url)).blob());
}

function sampleButton(sample) {
  const encoded = sample.name.split("/").map(encodeURIComponent).join("/");
  const url = new URL(`app/samples/${encoded}`, root);
  const preview = sample.preview ? new URL(`app/previews/${encoded}`, root) : undefined;
  const caption = h("span", { class: "name", text: sample.name });
  const button = h("button", { type: "button", "aria-pressed": "false", title: `${sample.origin} (${sample.license})` });
  if (preview) {
    const picture = h("img", { alt: "", loading: "lazy", width: 96, height: 72 });
    seen(preview).then((address) => (picture.src = address), () => picture.remove());
    button.append(picture);
  }
  button.append(caption);
  button.addEventListener("click", async () => {
    press(button);
    try {
      const response = await fetch(url);
      if (!response.ok) throw new Error(`the container answered ${response.status}`);
      const blob = await response.blob();
      const file = new File([blob], sample.name.split("/").at(-1), { type: blob.type });
      parameters.set(sample.parameters);
      await take({ file, url, preview, credit: `${sample.origin} (${sample.license})` });
      press(button);
    } catch (error) {
      refuse({ message: `The sample could not be fetched: ${error.message}` });
    }
  });
  return h("li", {}, button);
}

function press(pressed) {
  for (const button of $("samples").querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button === pressed));
  }
}

function takeFile(file) {
  press(null);
  return take({ file });
}

/** Makes something the input, says so, and asks. */
async function take(taken) {
  const { file, credit } = taken;
  question = taken;
  if (model.input.kind === "text" && taken.text === undefined) $("text").value = await file.text();
  if (model.input.kind === "audio") listenTo(file);
  $("chosen").replaceChildren(h("strong", { text: file.name }), ` ${bytes(file.size)}`);
  if (credit) $("chosen").append(h("span", { class: "hint", text: credit }));
  $("chosen").hidden = taken.text !== undefined;
  await again();
  bringIntoView();
}

/** Asks about the input at hand with the parameters as they stand. */
async function again() {
  if (!question) return;
  latest.abort();
  const mine = (latest = new AbortController());
  const asked = { field: model.input.field, parameters: parameters.values(), ...question };
  $("refusal").replaceChildren();
  $("why-part").hidden = true;
  $("because").replaceChildren();
  $("curl").textContent = curl(root, asked);
  $("raw").hidden = false;
  $("json").hidden = true;
  if (asked.file.size > model.input.max_bytes) {
    const most = bytes(model.input.max_bytes);
    return refuse({ message: `The file has ${bytes(asked.file.size)}: this container reads at most ${most}.` });
  }
  $("answer").setAttribute("aria-busy", "true");
  $("outcome").textContent = "Asking the model …";
  $("timing").textContent = "";
  try {
    const got = await ask(root, asked, mine.signal);
    if (mine.signal.aborted) return;
    showRaw(got);
    if (!got.ok) refuse({ status: got.status, message: got.answer?.message, requestId: got.requestId, retryAfter: got.retryAfter });
    else await showAnswer(got, asked, mine.signal);
  } catch (error) {
    if (mine.signal.aborted) return;
    lost();
    refuse({ message: `No answer came (${error.message}). Is the container still running?` });
  } finally {
    if (mine === latest) $("answer").removeAttribute("aria-busy");
  }
}

async function showAnswer(got, asked, signal) {
  const place = h("div", {});
  const said = { answer: got.answer, input: asked, labels: model.labels };
  let sentence = "The answer can't be drawn; it is below as it came.";
  try {
    sentence = await drawing.draw(place, said);
  } catch (error) {
    console.error("drawing", error);
    place.replaceChildren();
  }
  if (signal.aborted) return;
  $("drawing").replaceChildren(...place.childNodes);
  $("outcome").textContent = sentence;
  $("why-part").hidden = !model.explained;
  $("timing").replaceChildren(
    h("strong", { text: `${Math.round(got.milliseconds).toLocaleString("en")} ms` }),
    ` · ${bytes(got.body.byteLength)} · request `,
    h("code", { text: got.requestId ?? "unknown" }),
  );
}

/** Shows what the answer depends on. */
async function because() {
  $("why").disabled = true;
  const asked = { field: model.input.field, parameters: parameters.values(), ...question };
  await explain(root, asked, latest.signal, $("because"));
  $("why").disabled = false;
}

/** On a phone the answer stands below what was asked. */
function bringIntoView() {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  if ($("answer").getBoundingClientRect().top > innerHeight / 2) {
    $("answer").scrollIntoView({ behavior: calm ? "auto" : "smooth" });
  }
}

/** The answer as it came, to read and to download. */
function showRaw({ body, type, answer }) {
  const left = show($("json-view"), answer);
  $("json-size").textContent = bytes(body.byteLength);
  $("json-note").textContent = left ? `${left.toLocaleString("en")} values are left out below.` : "It is shown in full.";
  URL.revokeObjectURL($("download").href);
  $("download").href = URL.createObjectURL(new Blob([body], { type }));
  $("download").download = `${question.file.name.replace(/\.[^.]*$/, "")}.${model.task.name}.json`;
  $("json").hidden = false;
}

/** Says plainly what was refused, and under which id the container's log knows it. */
export function refuse({ status, message, requestId, retryAfter }) {
  $("answer").removeAttribute("aria-busy");
  $("drawing").replaceChildren();
  $("timing").textContent = "";
  $("outcome").textContent = "";
  const box = h("div", { class: "refusal" });
  box.append(h("strong", { text: title(status) }));
  box.append(h("p", { text: message ?? "The container gave no reason." }));
  if (retryAfter) box.append(h("p", { text: `Try again in ${retryAfter} s.` }));
  if (requestId) box.append(h("p", { class: "hint" }, "Request id ", h("code", { text: requestId })));
  $("refusal").replaceChildren(box);
}

function title(status) {
  if (!status) return "No answer";
  if (status === 503) return "The container is busy (503)";
  return status < 500 ? `The model can't take this (${status})` : `The container failed (${status})`;
}

async function copyCurl() {
  const done = await copy($("curl"));
  $("copy").textContent = done ? "Copied" : "Press Ctrl C";
  setTimeout(() => ($("copy").textContent = "Copy"), 2000);
}

function writing() {
  const write = () => {
    press(null);
    const text = $("text").value;
    take({ file: new File([text], "text.txt", { type: "text/plain" }), text });
  };
  $("writing").hidden = false;
  $("writing").addEventListener("submit", (event) => (event.preventDefault(), write()));
  $("text").addEventListener("keydown", (event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && write());
}

function recording() {
  const button = $("record");
  const hindrance = cannotRecord();
  $("recording").hidden = false;
  button.disabled = Boolean(hindrance);
  $("recorded").textContent = hindrance ?? "from the microphone";
  let stop = null;
  let clock;
  button.addEventListener("click", async () => {
    try {
      if (stop) {
        clearInterval(clock);
        button.textContent = "Record";
        const ended = stop;
        stop = null;
        return await takeFile(await ended());
      }
      stop = await record();
      button.textContent = "Stop and ask";
      const began = Date.now();
      clock = setInterval(() => ($("recorded").textContent = `${Math.round((Date.now() - began) / 1000)} s`), 1000);
    } catch (error) {
      $("recorded").textContent = `The microphone can't be used: ${error.message}`;
    }
  });
}

function listenTo(file) {
  URL.revokeObjectURL($("listen").src);
  $("listen").src = URL.createObjectURL(file);
  $("listen").hidden = false;
}
