/** Pitches over time: a line for each C, a tick for each second, and a cursor that follows the sound as it plays. */

import { $, h } from "./dom.js";

const NAMES = ["C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B"];
const HEIGHT = 320;
const WIDEST = 14_000; // pixels; browsers draw no canvas beyond twice that
const LEAST_A_SECOND = 36;

/** What musicians call a MIDI pitch: 60 is C4. */
export const named = (pitch) => `${NAMES[pitch % 12]}${Math.floor(pitch / 12) - 1}`;

/**
 * A chart as wide as its place or, for a long sound, wider and scrolled.
 * @param {object} options
 * @param {number[]} options.pitches all that must be seen, as MIDI has them, with parts of a semitone
 * @param {number} options.seconds from the left edge to the right one
 * @param {string} options.label says what is seen
 * @param {(pen: CanvasRenderingContext2D, x: (seconds: number) => number, y: (pitch: number) => number) => void} options.paint
 * @returns {HTMLElement}
 */
export function timeline({ pitches, seconds, label, paint }) {
  const { low, high } = range(pitches);
  const sharp = Math.min(2, devicePixelRatio || 1);
  const width = Math.min(WIDEST, Math.max(Math.min(innerWidth - 48, 720), seconds * LEAST_A_SECOND));
  const canvas = h("canvas", { role: "img", "aria-label": label });
  canvas.width = Math.round(Math.min(2 * WIDEST, width * sharp));
  canvas.height = HEIGHT * sharp;
  const pen = canvas.getContext("2d");
  pen.scale(canvas.width / width, sharp);
  const x = (time) => (time / seconds) * width;
  const y = (pitch) => ((high - pitch) / (high - low)) * HEIGHT;
  grid(pen, { low, high, seconds, width, x, y });
  paint(pen, x, y);

  const cursor = h("span", { class: "now", hidden: true });
  const sheet = h("div", { class: "sheet" }, canvas, cursor);
  sheet.style.setProperty("--width", `${width}px`);
  const element = h("div", { class: "timeline", tabindex: 0, role: "region", "aria-label": "Chart, scrolls sideways" }, sheet);
  follow(sheet, cursor, seconds);
  return element;
}

/** The semitones that are shown: an octave at least. */
function range(pitches) {
  let [low, high] = [Infinity, -Infinity];
  for (const pitch of pitches) {
    low = Math.min(low, pitch);
    high = Math.max(high, pitch);
  }
  if (low > high) [low, high] = [60, 60];
  const around = Math.max(6, (high - low) / 2 + 1);
  return { low: (low + high) / 2 - around, high: (low + high) / 2 + around };
}

function grid(pen, { low, high, seconds, width, x, y }) {
  const tokens = getComputedStyle(document.documentElement);
  pen.font = "11px sans-serif";
  pen.strokeStyle = tokens.getPropertyValue("--line");
  pen.fillStyle = tokens.getPropertyValue("--soft");
  pen.lineWidth = 1;
  for (let pitch = 12 * Math.ceil(low / 12); pitch <= high; pitch += 12) {
    line(pen, 0, y(pitch), width, y(pitch));
    pen.fillText(named(pitch), 3, y(pitch) - 3);
  }
  const step = [1, 2, 5, 10, 30, 60].find((one) => x(one) >= 48) ?? 120;
  for (let time = step; time < seconds; time += step) {
    line(pen, x(time), HEIGHT - 5, x(time), HEIGHT);
    pen.fillText(`${time} s`, x(time) + 3, HEIGHT - 2);
  }
}

function line(pen, fromX, fromY, toX, toY) {
  pen.beginPath();
  pen.moveTo(fromX, fromY);
  pen.lineTo(toX, toY);
  pen.stroke();
}

/** Moves the cursor with the page's player, and the player to where the sheet is clicked. */
function follow(sheet, cursor, seconds) {
  const player = $("listen");
  if (!player) return;
  const move = () => {
    if (!sheet.isConnected) {
      player.removeEventListener("timeupdate", move);
      player.removeEventListener("play", move);
      return;
    }
    cursor.hidden = player.currentTime === 0;
    cursor.style.setProperty("--at", `${Math.min(100, (100 * player.currentTime) / seconds)}%`);
    if (!player.paused) requestAnimationFrame(move);
  };
  player.addEventListener("timeupdate", move);
  player.addEventListener("play", move);
  sheet.addEventListener("click", (event) => {
    if (!Number.isFinite(player.duration)) return;
    const box = sheet.getBoundingClientRect();
    player.currentTime = ((event.clientX - box.left) / box.width) * seconds;
  });
}
