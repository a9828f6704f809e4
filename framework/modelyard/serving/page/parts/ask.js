/** Asking the model over its API, and the same request as a line for a terminal. */

/**
 * What is sent.
 * @typedef {object} Question
 * @property {string} field the multipart field of the input
 * @property {File} file the input
 * @property {Record<string, string>} parameters those that differ from their defaults
 * @property {URL} [url] where anyone can get the input, if it is a sample
 * @property {string} [text] the input, if it was typed
 */

/**
 * Sends a question.
 * @param {URL} root of the container
 * @param {Question} question
 * @param {AbortSignal} signal
 * @param {string} route what to ask
 */
export async function ask(root, { field, file, parameters }, signal, route = "model/predict") {
  const form = new FormData();
  for (const [name, value] of Object.entries(parameters)) form.append(name, value);
  form.append(field, file, file.name);
  const began = performance.now();
  const response = await fetch(new URL(route, root), {
    method: "POST", body: form, signal, headers: { Accept: "application/json" },
  });
  const body = await response.arrayBuffer();
  const milliseconds = performance.now() - began;
  const type = response.headers.get("Content-Type") ?? "";
  return {
    status: response.status,
    ok: response.ok,
    body,
    type,
    milliseconds,
    answer: type.startsWith("application/json") ? JSON.parse(new TextDecoder().decode(body)) : null,
    requestId: response.headers.get("X-Request-Id"),
    retryAfter: response.headers.get("Retry-After"),
  };
}

/**
 * The request as a command that can be pasted into a shell.
 * @param {URL} root of the container
 * @param {Question} question
 */
export function curl(root, { field, file, parameters, url, text }) {
  const target = quoted(new URL("model/predict", root).href);
  const fields = Object.entries(parameters).map(([name, value]) => `-F ${quoted(`${name}=${literal(value)}`)}`);
  const part = (source) =>
    [`curl -F ${quoted(`${field}=${source}`)}`, ...fields, target].join(fields.length ? " \\\n    " : " ");
  const named = `@-;filename=${inForm(file.name)}`;
  if (url) return `curl -s ${quoted(url.href)} \\\n  | ${part(named)}`;
  if (text !== undefined) return `printf %s ${quoted(text)} \\\n  | ${part(named)}`;
  return part(`@${inForm(file.name)}`);
}

const quoted = (word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);
/** A file's name inside curl's -F, where `;` and `,` end a name unless it stands in quotes. */
const inForm = (name) => (/[;,"\\]/.test(name) ? `"${name.replaceAll(/["\\]/g, "\\$&")}"` : name);
/** A value inside curl's -F, where `@` and `<` at the start name a file, and `;` begins an option. */
const literal = (value) => (/^[@<"]|;/.test(value) ? `"${value.replaceAll(/["\\]/g, "\\$&")}"` : value);
