// Any two images side by side, from what models/NAME.json says of them. Everything that is read there is text here.
(() => {
  "use strict";

  const byId = (id) => document.getElementById(id);
  const [pair, told, apart, place, method] = ["pair", "told", "apart", "compared", "method"].map(byId);
  const SIDES = ["a", "b"];
  const COSTS = { "image size": "MB", memory: "MB", ready: "s" };
  const names = new Map((globalThis.modelyardIndex?.rows ?? []).map(([name, title]) => [name, title]));
  const records = new Map();

  const element = (tag, text, values = {}) => {
    const made = Object.assign(document.createElement(tag), values);
    made.append(...[text].flat().filter((one) => one !== "" && one !== undefined));
    return made;
  };
  const number = (value) => Number(value.toPrecision(4)).toString();
  const signed = (value, text) => `${value < 0 ? "" : "+"}${text(value)}`;
  const words = (name) => name.replaceAll("_", " ");
  const record = (value) => value && typeof value === "object" && !Array.isArray(value) ? value : {};
  const keys = (...all) => [...new Set(all.flatMap((one) => Object.keys(one)))];

  // A model's images, the newest first.
  const read = async (name) => {
    if (!records.has(name)) {
      const answer = await fetch(`models/${encodeURIComponent(name)}.json`);
      if (!answer.ok) throw new Error(`${name}: the server answers ${answer.status}`);
      const images = record(record(await answer.json()).chronicle).images;
      records.set(name, Array.isArray(images) ? images.map(record) : []);
    }
    return records.get(name);
  };

  // The rows, as `modelyard compare` has them.

  const figure = (one) => typeof one?.value !== "number" ? "none"
    : one.value.toFixed(4) + (typeof one.low === "number" && typeof one.high === "number" ? ` (${one.low.toFixed(4)} to ${one.high.toFixed(4)})` : "");
  const difference = (first, second) => typeof first?.value === "number" && typeof second?.value === "number"
    ? signed(second.value - first.value, (value) => value.toFixed(4)) : "";
  // Where the one was held to the other when it was checked, it is known how sure their distance is.
  const known = (first, second) => {
    if (second.against && second.against === first.digest) return record(second.changes);
    if (!first.against || first.against !== second.digest) return {};
    return Object.fromEntries(Object.entries(record(first.changes)).map(([name, one]) => [name, { value: -one?.value, low: -one?.high, high: -one?.low }]));
  };
  const sure = (one) => {
    const ends = [one?.value, one?.low, one?.high];
    if (!ends.every(Number.isFinite)) return "";
    const [value, low, high] = ends.map((end) => signed(end, (given) => given.toFixed(4)));
    return `${value} (${low} to ${high}, 90 %)`;
  };
  const metrics = (image) => record(image.quality ? image.quality.metrics : image.figures);

  const slices = (first, second) => Object.entries(record(second.quality?.slices)).flatMap(([partition, parts]) =>
    Object.entries(record(parts)).flatMap(([part, measured]) => {
      const before = record(record(first.quality?.slices)[partition])[part];
      return Object.entries(record(measured?.metrics)).filter(([name]) => before?.metrics?.[name]).map(([name, one]) =>
        [`${partition} ${part}, ${words(name)}`, figure(before.metrics[name]), figure(one), difference(before.metrics[name], one)]);
    }));

  const costs = (first, second) => Object.entries(COSTS).flatMap(([name, unit]) => {
    const pair = [first, second].map((image) => record(image.measures)[name]);
    if (pair.every((one) => typeof one !== "number")) return [];
    const both = pair.every((one) => typeof one === "number");
    return [[name, ...pair.map((one) => typeof one === "number" ? `${number(one)} ${unit}` : "none"), both ? `${signed(pair[1] - pair[0], number)} ${unit}` : ""]];
  });

  const checks = (image) => Object.fromEntries((Array.isArray(image.failed) ? image.failed : []).map(record)
    .map((one) => [String(one.name), one.waived ? "waived" : "failed"]));

  const differing = (first, second, without) => keys(first, second)
    .map((name) => [name, String(first[name] ?? without), String(second[name] ?? without), ""])
    .filter(([, one, other]) => one !== other);

  const parts = (first, second) => {
    const [had, has] = [metrics(first), metrics(second)];
    const alike = Boolean(first.quality && second.quality && first.quality.data === second.quality.data);
    const licences = [record(first.licences), record(second.licences)];
    const apart = known(first, second);
    return {
      apart: !alike && keys(had).length > 0 && keys(has).length > 0,
      parts: [
        ["Metrics", keys(has, had).map((name) => [words(name), figure(had[name]), figure(has[name]), sure(apart[name]) || (alike ? difference(had[name], has[name]) : "")])],
        ["Parts of the data", alike ? slices(first, second) : []],
        ["Costs", costs(first, second)],
        ["Checks", differing(checks(first), checks(second), "passed")],
        // Of images that nobody gets any more, none are kept.
        ["Licences", licences.every((one) => keys(one).length) ? differing(...licences, "not in it") : []],
      ].filter(([, rows]) => rows.length),
    };
  };

  const draw = (sides) => {
    const [first, second] = sides.map(({ image }) => image);
    const compared = parts(first, second);
    const cell = (text) => element("td", text, { className: "num" });
    const row = (name, one, other, last = "") => element("tr", [element("th", name.trim() || "without a name", { scope: "row" }), cell(one), cell(other), cell(last)]);
    const head = element("thead", element("tr", [
      element("td", ""),
      ...sides.map(({ name, image }) => element("th", [
        element("a", names.get(name) ?? name, { href: `models/${encodeURIComponent(name)}.html` }),
        ` ${image.version} `, element("span", String(image.variant), { className: "hint" }),
      ], { scope: "col" })),
      element("th", "Second less first", { scope: "col" }),
    ]));
    const digest = (image) => element("code", String(image.digest).replace("sha256:", "").slice(0, 12), { title: String(image.digest) });
    const about = element("tbody", [
      row("Digest", digest(first), digest(second)),
      row("Verdict", String(first.verdict || "no report"), String(second.verdict || "no report")),
      row("Checked on", String(first.made).slice(0, 10), String(second.made).slice(0, 10)),
    ]);
    const bodies = compared.parts.map(([title, rows]) => element("tbody", [
      element("tr", element("th", title, { scope: "rowgroup", colSpan: 4 }), { className: "part" }),
      ...rows.map((cells) => row(...cells)),
    ]));
    place.replaceChildren(element("table", [head, about, ...bodies], { className: "table beside" }));
    place.hidden = method.hidden = false;
    apart.hidden = !compared.apart;
  };

  // Choosing: the address says which two.

  const field = (side) => pair.querySelector(`input[name="${side}"]`);
  const choice = (side) => pair.querySelector(`select[name="${side}-image"]`);

  const fill = async (side, wanted) => {
    const name = field(side).value.trim();
    const images = names.has(name) ? await read(name) : [];
    choice(side).replaceChildren(...images.map((image, at) => {
      const tags = Array.isArray(image.tags) && image.tags.includes("latest") ? ", what people get" : "";
      return element("option", `${image.version} ${image.variant}, ${String(image.made).slice(0, 10)}${tags}`, { value: String(image.digest), selected: wanted ? image.digest === wanted : at === 0 });
    }));
    choice(side).disabled = !images.length;
    return images;
  };

  const compare = async () => {
    const sides = [];
    for (const side of SIDES) {
      const name = field(side).value.trim();
      const image = names.has(name) && (await read(name)).find((one) => one.digest === choice(side).value);
      if (image) sides.push({ name, image });
    }
    place.hidden = sides.length < 2;
    if (sides.length < 2) {
      told.textContent = "Choose two.";
      return;
    }
    const [first, second] = sides.map(({ name, image }) => `${name} ${image.version}`);
    told.textContent = `${first} and ${second}, side by side.`;
    const query = new URLSearchParams(SIDES.map((side, at) => [side, `${sides[at].name}@${sides[at].image.digest}`]));
    history.replaceState(null, "", `?${query}`);
    draw(sides);
  };

  const attempt = async (work) => {
    try {
      await work();
    } catch (error) {
      told.textContent = location.protocol === "file:"
        ? "Browsers let pages read files of a server alone: modelyard site --serve shows this one from one."
        : `What is compared can't be read (${error.message}): try again.`;
    }
  };

  const begin = async () => {
    const given = new URLSearchParams(location.search);
    const [first, second] = SIDES.map((side) => (given.get(side) ?? "").split("@"));
    field("a").value = first[0];
    field("b").value = second[0] || first[0];
    const [images] = [await fill("a", first[1]), await fill("b", second[1])];
    // One model alone: its newest, beside the one before.
    if (first[0] && !second[0] && !first[1] && images.length > 1) choice("a").value = images[1].digest;
    await compare();
  };

  byId("names").append(...[...names].map(([name, title]) => element("option", title, { value: name })));
  pair.addEventListener("change", ({ target }) => attempt(async () => {
    if (SIDES.includes(target.name)) await fill(target.name);
    await compare();
  }));
  pair.hidden = false;
  attempt(begin);
})();
