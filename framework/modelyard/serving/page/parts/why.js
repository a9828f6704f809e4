/** Why the model answers so: what of the input the answer depends on, drawn. */

import { ask } from "./ask.js";
import { h } from "./dom.js";

/**
 * Asks for an explanation, and shows it.
 * @param {URL} root of the container
 * @param {import("./ask.js").Question} question
 * @param {AbortSignal} signal
 * @param {HTMLElement} place
 */
export async function explain(root, question, signal, place) {
  place.setAttribute("aria-busy", "true");
  place.replaceChildren(h("p", { class: "hint", text: "Asking with parts of the input gone …" }));
  try {
    const got = await ask(root, question, signal, "model/explain");
    if (signal.aborted) return;
    place.replaceChildren(...(got.ok ? shown(got.answer) : [h("p", { text: got.answer?.message ?? `It failed (${got.status}).` })]));
  } catch (error) {
    if (!signal.aborted) place.replaceChildren(h("p", { text: `No explanation came (${error.message}).` }));
  } finally {
    place.removeAttribute("aria-busy");
  }
}

function shown({ target, summary, queries, picture }) {
  const bytes = Uint8Array.from(atob(picture), (one) => one.charCodeAt(0));
  const url = URL.createObjectURL(new Blob([bytes], { type: "image/png" }));
  const said = summary.length ? summary.join("; ") : "nothing that was taken away made a difference";
  const image = h("img", { src: url, alt: `What counts for ${target}: ${said}` });
  image.addEventListener("load", () => URL.revokeObjectURL(url), { once: true });
  return [
    image,
    h("p", { class: "hint", text: `What counts for “${target}”: ${said} (${queries.toLocaleString("en")} questions).` }),
  ];
}
