/** Asking a container of the reader's own: where it is, whether it can be reached, and what stands in the way. */

import { bench } from "./parts/bench.js";
import { $, h } from "./parts/dom.js";
import { readiness } from "./parts/readiness.js";

const KEPT = "modelyard.container";
const OWN = ["127.0.0.1", "localhost"];
const PATIENCE = 10_000;

/**
 * Shows the form.
 * @param {string} name the asset that the page is about
 */
export function start(name) {
  const form = $("container");
  form.hidden = false;
  $("scriptless").hidden = true;
  $("address").value = remembered() ?? $("address").value;
  let connected = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (connected) return location.reload(); // one container a page: the next one begins with a page of its own
    const button = form.querySelector("button");
    button.disabled = true;
    $("hindrance").replaceChildren();
    try {
      const root = parsed($("address").value);
      remember(root.href);
      await connect(root, name);
      connected = true;
      $("address").readOnly = true;
      button.textContent = "Another container";
    } catch (error) {
      hinder(error);
    } finally {
      button.disabled = false;
    }
  });
}

/** What keeps the page from a container, as people can mend it. */
class Hindrance extends Error {
  constructor(message, lines) {
    super(message);
    this.lines = lines;
  }
}

/**
 * The container's address as the page asks it.
 * @param {string} text
 * @returns {URL} with a slash at its end
 */
export function parsed(text) {
  let url;
  try {
    url = new URL(/^[a-z]+:\/\//i.test(text.trim()) ? text.trim() : `http://${text.trim()}`);
  } catch {
    throw new Hindrance("This is no address. One looks like http://127.0.0.1:5001/.");
  }
  if (url.username || url.password) throw new Hindrance("Leave the name and the password out: this page sends neither.");
  const own = url.protocol === "http:" && OWN.includes(url.hostname);
  if (!own && url.protocol !== "https:") {
    throw new Hindrance(
      "This page asks containers on this machine (http://127.0.0.1:… or http://localhost:…) and behind https only. " +
        "One on another machine comes near with a tunnel:",
      `ssh -L 5001:127.0.0.1:${url.port || 80} ${url.hostname || "MACHINE"}`,
    );
  }
  url.search = url.hash = "";
  url.pathname = `${url.pathname.replace(/\/(app\/?)?$/, "")}/`;
  return url;
}

async function connect(root, name) {
  const ready = await asked(root, "health/ready");
  if (ready.status === 503) throw new Hindrance("The container is there, and still loads its model. Connect again in a moment.");
  if (!ready.ok) throw new Hindrance(`What answers there is no such container, or not a healthy one: it said ${ready.status}.`);
  const response = await asked(root, "app/model.json");
  if (!response.ok) throw new Hindrance(`What answers there is no such container: it said ${response.status}.`);
  const model = await response.json().catch(() => null);
  if (!model?.input || !Array.isArray(model.samples) || !Array.isArray(model.parameters)) {
    throw new Hindrance("What answers there doesn't describe a model as these containers do.");
  }
  $("bench-part").hidden = false;
  await bench(root, model, readiness(root, $("state")));
  const other = model.name !== name;
  const said = other ? `This container runs ${model.title}, another model than this page is about.` : `${model.title} ${model.version} is there.`;
  $("hindrance").replaceChildren(h("p", { class: "hint", text: said }));
}

/** An answer, or why there is none: a browser tells pages only that there is none. */
async function asked(root, path) {
  const url = new URL(path, root);
  try {
    return await fetch(url, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
  } catch (error) {
    if (error.name === "TimeoutError") throw new Hindrance(`Nothing answered within ${PATIENCE / 1000} s.`);
  }
  // Whether something is there can be asked without reading what it says.
  const there = await fetch(url, { mode: "no-cors", cache: "no-store", signal: AbortSignal.timeout(PATIENCE) }).then(
    () => true,
    () => false,
  );
  if (there) {
    throw new Hindrance(
      "Something answers there, but lets no page of another origin read it. A container does when it is started with " +
        "CORS_ENABLE=true (as above):",
      "docker run -e CORS_ENABLE=true …",
    );
  }
  throw new Hindrance(
    "Nothing answers there. Does the container run, is this its port, and did you let this page reach your machine, " +
      "where the browser asked?",
  );
}

function hinder(error) {
  const box = h("div", { class: "refusal" }, h("strong", { text: "Not connected" }), h("p", { text: error.message }));
  if (error.lines) box.append(h("pre", { class: "code" }, h("code", { text: error.lines })));
  $("hindrance").replaceChildren(box);
}

function remembered() {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null; // where the browser keeps nothing
  }
}

function remember(address) {
  try {
    localStorage.setItem(KEPT, address);
  } catch {
    // It is asked again next time.
  }
}
