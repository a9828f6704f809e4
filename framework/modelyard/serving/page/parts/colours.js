/** A colour for every class id, and a pattern for those who can't tell the colours apart. */

const NAMES_OF_NOTHING = ["background", "none", "unlabeled", "unlabelled", "void"];

/** Whether a class stands for "nothing the model knows", which is left uncoloured. */
export const isBackground = (id, labels) =>
  id === 0 && (labels.length === 0 || NAMES_OF_NOTHING.includes(labels[0].toLowerCase()));

/**
 * The colour of a class: [red, green, blue], 0 to 255. The same id has the same colour in every
 * picture; neighbours in the list are far apart, because the hue moves on by the golden angle.
 */
export function colour(id) {
  const lightness = [0.72, 0.82, 0.63][id % 3];
  return fromOklch(lightness, 0.16, ((id * 137.508 + 20) % 360) * (Math.PI / 180));
}

/** OKLCH as sRGB (Björn Ottosson, "A perceptual color space for image processing", 2020). */
function fromOklch(lightness, chroma, hue) {
  const a = chroma * Math.cos(hue);
  const b = chroma * Math.sin(hue);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ].map((linear) => {
    const bounded = Math.min(1, Math.max(0, linear));
    return Math.round(255 * (bounded <= 0.0031308 ? 12.92 * bounded : 1.055 * bounded ** (1 / 2.4) - 0.055));
  });
}

const wrap = (value, period) => ((value % period) + period) % period;
const rising = (x, y) => wrap(x + y, 14) < 4;
const falling = (x, y) => wrap(x - y, 14) < 4;

/** Whether a pixel belongs to a pattern's strokes; what a class has is chosen by its rank in the picture. */
export const PATTERNS = [
  rising,
  (x, y) => y % 12 < 3,
  (x, y) => (wrap(x, 14) - 7) ** 2 + (wrap(y, 14) - 7) ** 2 < 10,
  falling,
  (x) => x % 12 < 3,
  (x, y) => rising(x, y) || falling(x, y),
  (x, y) => (x % 16 < 8) === (y % 16 < 8),
  () => false,
];

/** A small square of a class's colour and pattern, for legends. */
export function swatch([red, green, blue], pattern) {
  const canvas = document.createElement("canvas");
  canvas.className = "swatch";
  canvas.width = 36;
  canvas.height = 36;
  const context = canvas.getContext("2d");
  context.fillStyle = `rgb(${red} ${green} ${blue})`;
  context.fillRect(0, 0, 36, 36);
  context.fillStyle = "rgb(255 255 255 / 0.75)";
  for (let y = 0; pattern && y < 36; y++) for (let x = 0; x < 36; x++) if (pattern(x, y)) context.fillRect(x, y, 1, 1);
  return canvas;
}
