/** Pitch estimation: the pitch as a line over time, paler where it is less sure, that follows the sound. */

import { h } from "../parts/dom.js";
import { duration } from "../parts/sound.js";
import { named, timeline } from "../parts/timeline.js";

const pitchOf = (hertz) => 69 + 12 * Math.log2(hertz / 440);

/**
 * Draws an answer.
 * @param {HTMLElement} place emptied first
 * @param {{answer: object, input: object}} said
 * @returns {Promise<string>} the answer in one sentence
 */
export async function draw(place, { answer: { times, frequencies, confidence }, input }) {
  const seconds = Math.max(times.at(-1) ?? 0, (await duration(input.file)) ?? 0, 0.1);
  const found = frequencies.filter((hertz) => hertz !== null);
  const accent = getComputedStyle(document.documentElement).getPropertyValue("--accent");
  const chart = timeline({
    pitches: found.map(pitchOf),
    seconds,
    label: `The pitch over ${seconds.toFixed(1)} seconds`,
    paint(pen, x, y) {
      pen.strokeStyle = accent;
      pen.lineWidth = 2;
      pen.lineCap = "round";
      for (const [number, hertz] of frequencies.entries()) {
        if (hertz === null) continue;
        const before = frequencies[number - 1] ?? null;
        pen.globalAlpha = 0.25 + 0.75 * Math.min(1, confidence[number]);
        pen.beginPath();
        if (before === null) pen.moveTo(x(times[number]) - 1, y(pitchOf(hertz)));
        else pen.moveTo(x(times[number - 1]), y(pitchOf(before)));
        pen.lineTo(x(times[number]), y(pitchOf(hertz)));
        pen.stroke();
      }
      pen.globalAlpha = 1;
    },
  });
  place.replaceChildren(chart, h("p", { class: "row" }, download({ times, frequencies, confidence })));
  if (found.length === 0) return `No pitch in ${seconds.toFixed(1)} seconds.`;
  found.sort((one, other) => one - other);
  const middle = found[Math.floor(found.length / 2)];
  const share = Math.round((100 * found.length) / frequencies.length);
  return `${spoken(found[0])} to ${spoken(found.at(-1))}, in the middle ${spoken(middle)}; a pitch in ${share} % of the time.`;
}

const spoken = (hertz) => `${hertz.toFixed(1)} Hz (${named(Math.round(pitchOf(hertz)))})`;

function download({ times, frequencies, confidence }) {
  const rows = times.map((time, number) => `${time.toFixed(4)},${frequencies[number]?.toFixed(2) ?? ""},${confidence[number].toFixed(4)}`);
  const href = URL.createObjectURL(new Blob([["seconds,hertz,confidence", ...rows, ""].join("\n")], { type: "text/csv" }));
  return h("a", { class: "button", href, download: "pitch.csv", text: "Download as a table (CSV)" });
}
