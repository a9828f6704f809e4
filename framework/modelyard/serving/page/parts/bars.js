/** Classes as bars with their probabilities, best first. */

import { h, percent } from "./dom.js";

const MOST = 20;

/**
 * The bars, and the best classes in a sentence.
 * @param {[string, number][]} classes names with probabilities, best first
 * @param {string} label what people who can't see the list hear
 */
export function bars(classes, label) {
  const list = h("ol", { class: "bars", "aria-label": label }, ...classes.slice(0, MOST).map(bar));
  const named = classes.slice(0, 3).map(([name, share]) => `${name} ${percent(share)}`);
  return { list, sentence: named.length ? `${named.join(", ")}.` : "No class is likely enough." };
}

function bar([name, probability]) {
  const share = h("span", { class: "share" });
  share.style.setProperty("--share", probability);
  return h(
    "li", { title: String(probability) },
    h("span", { class: "name", text: name }), h("span", { class: "amount", text: percent(probability) }), share,
  ); // prettier-ignore
}
