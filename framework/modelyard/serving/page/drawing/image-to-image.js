/** Image to image: what was sent and what came back on one another, with a divider between them. */

import { h } from "../parts/dom.js";
import { decoded, measured, unseen } from "../parts/picture.js";

/**
 * Draws an answer.
 * @param {HTMLElement} place emptied first
 * @param {{answer: object, input: object}} said
 * @returns {Promise<string>} the answer in one sentence
 */
export async function draw(place, { answer, input }) {
  const [width, height] = answer.image_size;
  const bytes = Uint8Array.from(atob(answer.image), (letter) => letter.charCodeAt(0));
  const file = new Blob([bytes], { type: "image/png" });
  const before = await decoded(input);
  const after = painted(await createImageBitmap(file), width, height);
  const layers = before ? [painted(before, width, height), after] : [after];
  const stage = measured({ width, height, layers, label: before ? "The picture that was sent, and the answer on its right" : "The answer" });
  const main = h("div", { class: "figure" }, h("div", { class: "detail" }, stage));
  if (before) main.append(divider(stage, after));
  else main.append(unseen());
  const aside = h("div", { class: "aside" }, h("p", {}, h("strong", { text: `${width} × ${height} pixels` })), download(file));
  if (Math.max(width, height) > 300) aside.append(enlarge(stage, width));
  place.replaceChildren(h("div", { class: "drawn" }, main, aside));
  return sentence(width, height, before);
}

function sentence(width, height, before) {
  const made = `A picture of ${width} × ${height} pixels`;
  if (!before) return `${made}.`;
  if (before.width === width && before.height === height) return `${made}, as large as the one that was sent.`;
  return `${made}, made from one of ${before.width} × ${before.height}.`;
}

/** A picture at the answer's size, on white where it is transparent, as the model sees it. */
function painted(bitmap, width, height) {
  const canvas = h("canvas", {});
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  context.fillStyle = "white";
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, width, height);
  return canvas;
}

/** A slider below the stage, and the pointer on it, move the line that the answer begins at. */
function divider(stage, after) {
  const on = stage.querySelector(".stage");
  const line = h("span", { class: "divide", "aria-hidden": "true" });
  on.append(line);
  const slider = h("input", { type: "range", min: 0, max: 100, value: 50, id: "divide" });
  const set = (percent) => {
    after.style.clipPath = `inset(0 0 0 ${percent}%)`;
    line.style.left = `${percent}%`;
    slider.setAttribute("aria-valuetext", `the answer covers ${100 - percent} percent, from the right`);
  };
  slider.addEventListener("input", () => set(Number(slider.value)));
  const follow = (event) => {
    const box = on.getBoundingClientRect();
    slider.value = Math.round((100 * (event.clientX - box.left)) / box.width);
    set(Number(slider.value));
  };
  on.addEventListener("pointerdown", follow);
  on.addEventListener("pointermove", (event) => (event.pointerType !== "mouse" || event.buttons) && follow(event));
  set(50);
  return h("div", { class: "divider" }, h("label", { for: "divide", text: "Before, and after" }), slider);
}

/** A switch between the whole picture and each of its pixels as one of the screen's, or more. */
function enlarge(stage, width) {
  const box = h("input", { type: "checkbox", id: "enlarge" });
  box.addEventListener("change", () => {
    stage.classList.toggle("enlarged", box.checked);
    stage.style.setProperty("--wide", `${Math.max(width, 1200)}px`);
  });
  return h("label", { class: "toggle", for: "enlarge" }, box, "Enlarge the details");
}

function download(file) {
  const href = URL.createObjectURL(file);
  return h("a", { href, download: "answer.png", text: "Download the picture, answer.png" });
}
