/** The picture that was sent, and a stage that measures it: rulers in the answer's own pixels, and a cursor. */

import { h } from "./dom.js";

const LONGEST_SIDE = 1600;
const SVG = "http://www.w3.org/2000/svg";

/**
 * A file decoded by the browser, upright, its first frame.
 * @param {{file: Blob, preview?: URL}} input `preview` is the same picture in a format that every browser knows
 * @returns {Promise<ImageBitmap|null>} null where the browser doesn't know the format
 */
export async function decoded({ file, preview }) {
  try {
    return await createImageBitmap(file);
  } catch {
    if (!preview) return null;
  }
  try {
    return await createImageBitmap(await (await fetch(preview)).blob());
  } catch {
    return null;
  }
}

/** A canvas with the picture, on white where it is transparent, as the model sees it. */
export function photo(bitmap) {
  const ratio = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = h("canvas", { class: "photo" });
  canvas.width = Math.max(1, Math.round(bitmap.width * ratio));
  canvas.height = Math.max(1, Math.round(bitmap.height * ratio));
  const context = canvas.getContext("2d");
  context.fillStyle = "white";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** Says that the picture can't be shown, where it would stand. */
export const unseen = () =>
  h("p", { class: "unseen-picture", text: "This browser can't show this kind of file. The model read it." });

/**
 * A stage of the answer's size with rulers along its top and left side.
 *
 * A pointer, or the arrow keys once the stage has the focus, point at one of the answer's pixels.
 *
 * @param {object} options
 * @param {number} options.width of the answer, in its pixels
 * @param {number} options.height
 * @param {Node[]} options.layers from the bottom to the top
 * @param {string} options.label says what is seen
 * @param {(x: number, y: number) => string} [options.onpoint] returns what stands there, for screen readers
 * @param {() => void} [options.onleave]
 * @returns {HTMLElement}
 */
export function measured({ width, height, layers, label, onpoint, onleave = () => {} }) {
  const across = ruler(width, "across");
  const down = ruler(height, "down");
  const stage = h("div", { class: "stage" }, ...layers);
  const frame = h("div", { class: "measured" }, h("span", { class: "corner" }), across.element, down.element, stage);
  frame.style.setProperty("--ratio", width / height);
  if (!onpoint) {
    stage.setAttribute("role", "img");
    stage.setAttribute("aria-label", label);
    return frame;
  }

  const spoken = h("p", { class: "unseen", role: "status" });
  const cross = h("span", { class: "cross", hidden: true });
  stage.append(cross, spoken);
  stage.tabIndex = 0;
  stage.setAttribute("role", "application");
  stage.setAttribute("aria-label", `${label} The arrow keys move a cursor that reads the class below it.`);

  let at = [Math.floor(width / 2), Math.floor(height / 2)];
  const point = (x, y, byKeyboard) => {
    at = [Math.min(width - 1, Math.max(0, x)), Math.min(height - 1, Math.max(0, y))];
    across.mark((at[0] + 0.5) / width);
    down.mark((at[1] + 0.5) / height);
    cross.hidden = !byKeyboard;
    cross.style.left = `${((at[0] + 0.5) / width) * 100}%`;
    cross.style.top = `${((at[1] + 0.5) / height) * 100}%`;
    const said = onpoint(...at);
    if (byKeyboard) spoken.textContent = said;
  };
  const leave = () => {
    across.mark(null);
    down.mark(null);
    cross.hidden = true;
    onleave();
  };
  const byPointer = (event) => {
    const box = stage.getBoundingClientRect();
    const share = (value, start, length) => (value - start) / length;
    point(
      Math.floor(share(event.clientX, box.left, box.width) * width),
      Math.floor(share(event.clientY, box.top, box.height) * height),
      false,
    );
  };
  stage.addEventListener("pointermove", byPointer);
  stage.addEventListener("pointerdown", byPointer);
  stage.addEventListener("pointerleave", leave);
  stage.addEventListener("blur", leave);
  stage.addEventListener("focus", () => stage.matches(":focus-visible") && point(...at, true));
  stage.addEventListener("keydown", (event) => {
    const step = event.shiftKey ? 1 : Math.max(1, Math.round(Math.max(width, height) / 50));
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    point(at[0] + move[0], at[1] + move[1], true);
  });
  return frame;
}

/** Ticks at round numbers, every fifth longer, every tenth with its number. */
function ruler(length, axis) {
  const step = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000].find((one) => length / one <= 7) ?? 10_000;
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", axis === "across" ? `0 0 ${length} 10` : `0 0 10 ${length}`);
  svg.setAttribute("preserveAspectRatio", "none");
  const path = document.createElementNS(SVG, "path");
  const strokes = [];
  const numbers = [];
  for (let tick = 0; tick * (step / 10) <= length; tick++) {
    const value = tick * (step / 10);
    const size = tick % 10 === 0 ? 10 : tick % 5 === 0 ? 6 : 3;
    strokes.push(axis === "across" ? `M${value} 10v${-size}` : `M10 ${value}h${-size}`);
    if (tick % 10 === 0 && value < length * 0.97) {
      const number = h("span", { text: value });
      number.style.setProperty("--at", `${(value / length) * 100}%`);
      numbers.push(number);
    }
  }
  path.setAttribute("d", strokes.join(""));
  svg.append(path);
  const mark = h("i", { hidden: true });
  return {
    element: h("div", { class: `ruler ${axis}`, "aria-hidden": "true" }, svg, ...numbers, mark),
    mark(share) {
      mark.hidden = share === null;
      if (share !== null) mark.style.setProperty("--at", `${share * 100}%`);
    },
  };
}
