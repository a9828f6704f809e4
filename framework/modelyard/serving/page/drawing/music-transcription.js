/** Music transcription: a piano roll that follows the sound, its notes in words, and the MIDI file. */

import { h } from "../parts/dom.js";
import { duration } from "../parts/sound.js";
import { named, timeline } from "../parts/timeline.js";

const LISTED = 500;

/**
 * Draws an answer.
 * @param {HTMLElement} place emptied first
 * @param {{answer: object, input: object}} said
 * @returns {Promise<string>} the answer in one sentence
 */
export async function draw(place, { answer: { notes, midi }, input }) {
  const last = notes.reduce((latest, note) => Math.max(latest, note.end), 0);
  const seconds = Math.max(last, (await duration(input.file)) ?? 0, 1);
  const accent = getComputedStyle(document.documentElement).getPropertyValue("--accent");
  const roll = timeline({
    pitches: notes.map((note) => note.pitch),
    seconds,
    label: `Piano roll of ${notes.length} notes in ${seconds.toFixed(1)} seconds`,
    paint(pen, x, y) {
      pen.fillStyle = accent;
      for (const note of notes) {
        pen.globalAlpha = 0.25 + 0.75 * Math.min(1, note.amplitude);
        const height = Math.max(2, y(note.pitch - 0.5) - y(note.pitch + 0.5) - 1);
        pen.fillRect(x(note.start), y(note.pitch + 0.5), Math.max(2, x(note.end) - x(note.start) - 1), height);
      }
      pen.globalAlpha = 1;
    },
  });
  place.replaceChildren(roll, h("p", { class: "row" }, download(midi)), listed(notes));
  if (notes.length === 0) return "No note was heard.";
  const pitches = notes.map((note) => note.pitch).sort((one, other) => one - other);
  const [low, high] = [named(pitches[0]), named(pitches.at(-1))];
  return `${notes.length} ${notes.length === 1 ? "note" : "notes"}, ${low === high ? low : `from ${low} to ${high}`}.`;
}

function download(midi) {
  const data = Uint8Array.from(atob(midi), (letter) => letter.charCodeAt(0));
  const href = URL.createObjectURL(new Blob([data], { type: "audio/midi" }));
  return h("a", { class: "button", href, download: "notes.mid", text: "Download the notes as MIDI" });
}

function listed(notes) {
  const rows = notes.slice(0, LISTED).map((note) =>
    h("li", { text: `${note.start.toFixed(2)} s: ${named(note.pitch)}, for ${(note.end - note.start).toFixed(2)} s` }),
  ); // prettier-ignore
  const more = notes.length > LISTED ? [h("li", { text: `… and ${notes.length - LISTED} more` })] : [];
  return h("details", { class: "fold" }, h("summary", { text: "The notes in words" }), h("ol", {}, ...rows, ...more));
}
