/** Volume segmentation: three slices through the volume, what was found in colour, a slider for each axis. */

import { colour } from "../parts/colours.js";
import { h } from "../parts/dom.js";
import { volume } from "../parts/nifti.js";

const TURNED = ["from the side", "from the front", "from above"];
const BRIGHT = 0.995; // share of the voxels that are darker than white

/**
 * Draws an answer.
 * @param {HTMLElement} place emptied first
 * @param {{answer: object, input: object, labels: string[]}} said
 * @returns {Promise<string>} the answer in one sentence
 */
export async function draw(place, { answer, input, labels }) {
  const bytes = Uint8Array.from(atob(answer.mask), (letter) => letter.charCodeAt(0));
  const mask = await volume(new Blob([bytes]));
  const seen = await volume(input.file).catch(() => null);
  const white = seen ? brightest(seen.voxels) : 1;
  const middle = centre(mask);
  const views = TURNED.map((name, axis) => slice({ name, axis, mask, seen, white, at: middle[axis] }));
  const aside = h("div", { class: "aside" }, h("p", {}, h("strong", { text: `${round(answer.millilitres)} ml` })), download(bytes));
  place.replaceChildren(h("div", { class: "drawn" }, h("div", { class: "slices" }, ...views), aside));
  const what = labels[0] ?? "found";
  const size = answer.volume_size.join(" × ");
  if (!mask.voxels.some((value) => value > 0)) return `Nothing was found in ${size} voxels.`;
  return `${round(answer.millilitres)} millilitres of ${what} in ${size} voxels.`;
}

const round = (value) => (value < 10 ? value.toFixed(2) : Math.round(value).toLocaleString("en"));

function slice({ name, axis, mask, seen, white, at }) {
  const [across, down] = [0, 1, 2].filter((one) => one !== axis);
  const canvas = h("canvas", { role: "img" });
  canvas.width = mask.size[across];
  canvas.height = mask.size[down];
  const slider = h("input", { type: "range", min: 0, max: mask.size[axis] - 1, value: at, "aria-label": `Slice, ${name}` });
  const paint = () => {
    fill(canvas, { axis, across, down, mask, seen, white, at: Number(slider.value) });
    canvas.setAttribute("aria-label", `Slice ${slider.value} of ${mask.size[axis]}, ${name}, what was found in colour`);
  };
  slider.addEventListener("input", paint);
  paint();
  return h("figure", { class: "slice" }, canvas, slider, h("figcaption", { text: name }));
}

function fill(canvas, { axis, across, down, mask, seen, white, at }) {
  const strides = [1, mask.size[0], mask.size[0] * mask.size[1]];
  const context = canvas.getContext("2d");
  const pixels = context.createImageData(canvas.width, canvas.height);
  const tint = colour(1);
  for (let y = 0; y < canvas.height; y++) {
    for (let x = 0; x < canvas.width; x++) {
      const index = at * strides[axis] + x * strides[across] + (canvas.height - 1 - y) * strides[down];
      const grey = seen ? Math.min(255, (255 * Math.max(0, seen.voxels[index])) / white) : 0;
      const found = mask.voxels[index] > 0;
      for (let part = 0; part < 3; part++) {
        pixels.data[4 * (y * canvas.width + x) + part] = found ? 0.55 * grey + 0.45 * tint[part] : grey;
      }
      pixels.data[4 * (y * canvas.width + x) + 3] = 255;
    }
  }
  context.putImageData(pixels, 0, 0);
}

/** The brightness that is shown as white: a few bright voxels shouldn't darken all others. */
function brightest(voxels) {
  const some = Array.from({ length: 20_000 }, (_, at) => voxels[Math.floor((at / 20_000) * voxels.length)]);
  some.sort((a, b) => a - b);
  return Math.max(1e-9, some[Math.floor(BRIGHT * some.length)]);
}

function centre({ size, voxels }) {
  const sums = [0, 0, 0];
  let count = 0;
  for (let index = 0; index < voxels.length; index++) {
    if (!(voxels[index] > 0)) continue;
    count++;
    sums[0] += index % size[0];
    sums[1] += Math.floor(index / size[0]) % size[1];
    sums[2] += Math.floor(index / (size[0] * size[1]));
  }
  return size.map((length, axis) => (count ? Math.round(sums[axis] / count) : Math.floor(length / 2)));
}

function download(bytes) {
  const href = URL.createObjectURL(new Blob([bytes], { type: "application/gzip" }));
  return h("a", { href, download: "mask.nii.gz", text: "Download the mask, mask.nii.gz" });
}
