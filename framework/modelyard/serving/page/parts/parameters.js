/** Request parameters as controls, made from the schemas that the pipeline's signature gives. */

import { h } from "./dom.js";

/**
 * @param {HTMLElement} place
 * @param {object[]} schemas name, type, description, default, minimum, maximum, enum
 * @returns {{values: () => Record<string, string>, set: (given: Record<string, unknown>) => void}}
 *   `values` are those that differ from their defaults, as a form has them
 */
export function controls(place, schemas) {
  const made = schemas.map((schema) => ({ schema, ...control(schema) }));
  place.replaceChildren(...made.map((one) => one.element));
  return {
    values: () =>
      Object.fromEntries(
        made.map(({ schema, read }) => [schema.name, read(), asText(schema.default)])
          .filter(([, value, usual]) => value !== usual)
          .map(([name, value]) => [name, value]),
      ),
    set(given) {
      for (const { schema, write } of made) write(asText(given[schema.name] ?? schema.default));
    },
  };
}

const asText = (value) => (value === null || value === undefined ? "" : String(value));

function control(schema) {
  if (schema.enum) return choice(schema);
  if (schema.type === "boolean") return check(schema);
  if (schema.type === "string") return line(schema);
  return number(schema);
}

function described(schema, ...inputs) {
  const hint = schema.description && h("span", { class: "hint", id: `about-${schema.name}`, text: schema.description });
  const label = h("label", { for: `p-${schema.name}` }, h("code", { text: schema.name }));
  return h("div", { class: "parameter" }, label, ...inputs, ...(hint ? [hint] : []));
}

const attributes = (schema) => ({
  id: `p-${schema.name}`,
  name: schema.name,
  "aria-describedby": schema.description ? `about-${schema.name}` : undefined,
});

function choice(schema) {
  const options = schema.enum.map((one) =>
    h("option", { value: asText(one), text: asText(one), selected: one === schema.default }),
  );
  const select = h("select", attributes(schema), ...options);
  return { element: described(schema, select), read: () => select.value, write: (text) => (select.value = text) };
}

function check(schema) {
  const box = h("input", { type: "checkbox", ...attributes(schema), checked: schema.default === true });
  const element = described(schema, box);
  element.classList.add("flag");
  return {
    element,
    read: () => String(box.checked),
    write: (text) => (box.checked = text === "true"),
  };
}

function line(schema) {
  const input = h("input", { type: "text", ...attributes(schema), value: asText(schema.default) });
  return { element: described(schema, input), read: () => input.value, write: (text) => (input.value = text) };
}

/** A number; with a slider beside it where it has both bounds. */
function number(schema) {
  const { minimum, maximum } = schema;
  const usual = asText(schema.default);
  const whole = schema.type === "integer";
  const input = h("input", {
    type: "number", ...attributes(schema), min: minimum, max: maximum, step: whole ? 1 : "any", value: usual,
  }); // prettier-ignore
  const write = (text) => {
    input.value = text;
    if (slider) slider.value = text;
  };
  const bounded = minimum !== undefined && maximum !== undefined;
  const slider =
    bounded &&
    h("input", {
      type: "range", min: minimum, max: maximum, step: whole ? 1 : fineness(maximum - minimum), value: usual,
      "aria-label": `${schema.name}, slider`, oninput: () => (input.value = slider.value),
    }); // prettier-ignore
  if (slider) input.addEventListener("input", () => (slider.value = input.value));
  const inputs = slider ? [h("div", { class: "slider" }, slider, input)] : [input];
  // What the browser can't read as a number reaches the API as nothing, which the default stands for.
  return { element: described(schema, ...inputs), read: () => input.value || usual, write };
}

/** A round step of about a hundredth of the range. */
const fineness = (range) => Number((10 ** Math.floor(Math.log10(range / 100 || 1))).toPrecision(1));
