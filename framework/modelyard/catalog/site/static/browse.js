// The first page's search and facets. The page is whole without; what is searched in loads when somebody begins to.
(() => {
  "use strict";

  const A_PAGE = 30;
  const root = new URL("..", document.currentScript.src);
  const byId = (id) => document.getElementById(id);
  const [searched, input, facets, lists, found, all, chips, cards, heading, more, template] = [
    "search", "q", "facets", "lists", "found", "all", "chips", "found-cards", "found-heading", "more", "card",
  ].map(byId);

  // What is asked for: words, and values of facets by their keys.
  let asked = { words: "", chosen: new Map() };
  let results = [];
  let shown = 0;
  let loading = null;

  // Every model with its values by the columns' names, and what searches: in what is said of it, and in lists of labels,
  // each of which many models may have.
  const index = { ready: false, rows: [], facets: [], said: null, labels: null, having: [] };

  const script = (path) => new Promise((resolve, reject) => {
    const element = document.createElement("script");
    element.src = new URL(path, root);
    element.onload = resolve;
    element.onerror = () => reject(new Error(path));
    document.head.append(element);
  });

  const load = () => {
    loading ??= Promise.all([script("static/search.js"), script("static/minisearch-7.2.0/minisearch.js")]).then(async () => {
      const { fields, facets: kinds, labels, rows } = globalThis.modelyardIndex;
      index.facets = kinds.map(([key, title, values]) => ({ key, title, values }));
      index.rows = rows.map((row, id) => ({ id, ...Object.fromEntries(fields.map((name, place) => [name, row[place]])) }));
      index.having = labels.map(() => []);
      for (const row of index.rows) index.having[row.labels]?.push(row.id);
      const engine = (fields, boost) => new globalThis.MiniSearch({
        fields,
        searchOptions: {
          boost,
          prefix: true,
          // One letter of four, two of five and more, so that swapped ones count.
          fuzzy: (term) => term.length > 3 ? 0.34 : false,
          maxFuzzy: 2,
          weights: { fuzzy: 0.3, prefix: 0.6 },
        },
      });
      index.labels = engine(["text"], {});
      index.labels.addAll(labels.map((text, id) => ({ id, text })));
      index.said = engine(["title", "name", "words", "summary"], { title: 4, name: 4, words: 2 });
      await index.said.addAllAsync(index.rows.map((row) => ({ ...row, words: `${row.task} ${row.words}` })), { chunkSize: 100 });
      index.ready = true;
    });
    return loading;
  };

  // The address says what is asked for, so that it can be sent to somebody, and gone back to.

  const fromAddress = () => {
    const given = new URLSearchParams(location.search);
    const chosen = new Map();
    for (const [key, value] of given) {
      if (key !== "q" && value) chosen.set(key, (chosen.get(key) ?? new Set()).add(value));
    }
    return { words: (given.get("q") ?? "").slice(0, 200), chosen };
  };

  const toAddress = (how) => {
    const query = new URLSearchParams();
    if (asked.words) query.set("q", asked.words);
    for (const [key, values] of asked.chosen) for (const value of values) query.append(key, value);
    const text = String(query);
    history[how](null, "", text ? `?${text}` : location.pathname);
  };

  const isEmpty = () => !asked.words.trim() && !asked.chosen.size;

  // Finding

  const chosenOf = () => index.facets.map(({ key, values }) => {
    const wanted = asked.chosen.get(key);
    return wanted && new Set(values.flatMap(([value], place) => wanted.has(value) ? [place] : []));
  });

  const fits = (row, place, wanted) => !wanted || row.facets[place].some((value) => wanted.has(value));

  // How well each model answers to a word, by its place; those that don't are left out.
  const scores = (word) => {
    const found = new Map(index.said.search(word).map(({ id, score }) => [id, score]));
    if (word.length < 3) return found; // a letter or two begin some label of almost every list
    for (const { id, score } of index.labels.search(word)) {
      for (const row of index.having[id]) found.set(row, (found.get(row) ?? 0) + score / 4);
    }
    return found;
  };

  // The models that answer to all words, the best first.
  const search = (text) => {
    const words = globalThis.MiniSearch.getDefault("tokenize")(text).filter(Boolean).slice(0, 12);
    if (!words.length) return index.rows;
    const [first, ...others] = [...new Set(words)].map(scores).sort((one, other) => one.size - other.size);
    return [...first].filter(([row]) => others.every((found) => found.has(row)))
      .map(([row, score]) => [row, others.reduce((sum, found) => sum + found.get(row), score)])
      .sort(([row, score], [otherRow, other]) => other - score || row - otherRow)
      .map(([row]) => index.rows[row]);
  };

  const find = () => {
    const rows = search(asked.words);
    const wanted = chosenOf();
    // A value's number is what choosing it would show: its own facet narrows nothing down.
    const counts = index.facets.map(({ values }) => new Array(values.length).fill(0));
    results = rows.filter((row) => {
      const misses = wanted.flatMap((values, place) => fits(row, place, values) ? [] : [place]);
      if (misses.length === 0) counts.forEach((count, place) => row.facets[place].forEach((value) => { count[value] += 1; }));
      if (misses.length === 1) row.facets[misses[0]].forEach((value) => { counts[misses[0]][value] += 1; });
      return misses.length === 0;
    });
    return counts;
  };

  // Drawing: everything from the index is text.

  const card = (row) => {
    const item = template.content.firstElementChild.cloneNode(true);
    const picture = item.querySelector("img");
    if (row.picture) {
      const [path, width, height, said] = row.picture;
      picture.className = "";
      Object.assign(picture, { src: path, width, height, alt: said, loading: "lazy" });
    } else picture.src = `static/kinds/${row.kind}.svg`;
    item.querySelector(".task").textContent = row.task;
    const link = item.querySelector("h3 a");
    link.textContent = row.title;
    link.href = `models/${encodeURIComponent(row.name)}.html`;
    item.querySelector(".said").textContent = row.summary;
    const badge = item.querySelector(".badge");
    badge.className = `badge ${row.tone}`;
    badge.textContent = row.state;
    const value = document.createElement("b");
    value.textContent = row.shown;
    item.querySelector(".metric").replaceChildren(...(row.shown ? [value, row.metric] : []));
    const cost = [row.size, row.ready && `ready in ${row.ready}`].filter(Boolean);
    item.querySelector(".cost").replaceChildren(...cost.flatMap((text, place) => place ? [document.createElement("br"), text] : [text]));
    if (!row.shown && !cost.length) item.querySelector(".figures").remove();
    return item;
  };

  const show = () => {
    cards.append(...results.slice(shown, shown + A_PAGE).map(card));
    shown = Math.min(results.length, shown + A_PAGE);
    more.hidden = shown === results.length;
    more.textContent = `Show ${Math.min(A_PAGE, results.length - shown)} more`;
  };

  const button = (text, said, done) => {
    const item = document.createElement("li");
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.setAttribute("aria-label", said);
    made.addEventListener("click", done);
    item.append(made);
    return item;
  };

  const drawChips = () => {
    const made = [];
    for (const [key, values] of asked.chosen) {
      const facet = index.facets.find((one) => one.key === key);
      for (const value of values) {
        const label = facet?.values.find(([one]) => one === value)?.[1] ?? value;
        const text = `${facet?.title ?? key}: ${label}`;
        made.push(button(`${text} ×`, `Without ${text}`, () => choose(key, value, false)));
      }
    }
    if (made.length > 1) made.push(button("Clear all", "Clear all", () => { asked.chosen.clear(); changed("pushState"); }));
    chips.replaceChildren(...made);
  };

  const drawFacets = (counts) => {
    for (const group of facets?.querySelectorAll("fieldset") ?? []) {
      const place = index.facets.findIndex(({ key }) => key === group.dataset.facet);
      for (const box of group.querySelectorAll("input")) {
        const at = index.facets[place]?.values.findIndex(([value]) => value === box.value) ?? -1;
        const n = counts[place]?.[at] ?? 0;
        box.checked = asked.chosen.get(box.name)?.has(box.value) ?? false;
        box.disabled = n === 0 && !box.checked;
        box.parentElement.querySelector(".n").textContent = n;
      }
    }
  };

  const draw = () => {
    const counts = find();
    drawFacets(counts);
    found.hidden = isEmpty();
    all.hidden = !found.hidden;
    if (found.hidden) return;
    drawChips();
    cards.replaceChildren();
    shown = 0;
    show();
    const number = (n) => n.toLocaleString("en");
    heading.textContent = results.length ? `${number(results.length)} of ${number(index.rows.length)} models`
      : "No model is like that; try fewer words, or take away what narrows it down";
  };

  const changed = async (how) => {
    if (how) toAddress(how);
    if (!index.ready) {
      if (isEmpty() && !loading) return;
      found.hidden = isEmpty();
      all.hidden = !found.hidden;
      heading.textContent = "Looking…";
      try {
        await load();
      } catch {
        heading.textContent = "What is searched in can't be loaded: try again";
        loading = null;
        return;
      }
    }
    draw();
  };

  const choose = (key, value, on) => {
    const values = asked.chosen.get(key) ?? new Set();
    if (on) values.add(value);
    else values.delete(value);
    if (values.size) asked.chosen.set(key, values);
    else asked.chosen.delete(key);
    changed("pushState");
  };

  // What people do

  input.addEventListener("focus", () => { load().catch(() => { loading = null; }); });
  input.addEventListener("input", () => {
    // Going back leads to where nothing was asked for, not through every letter.
    const how = isEmpty() ? "pushState" : "replaceState";
    asked.words = input.value;
    changed(how);
  });
  facets?.addEventListener("change", ({ target }) => choose(target.name, target.value, target.checked));
  more.addEventListener("click", () => {
    const next = shown;
    show();
    cards.children[next]?.querySelector("a").focus();
  });
  addEventListener("popstate", () => {
    asked = fromAddress();
    input.value = asked.words;
    changed();
  });
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.matches?.("input:not([type=checkbox]), textarea, select, [contenteditable]");
    if (event.key === "/" && !typing) {
      event.preventDefault();
      input.focus();
      input.select();
    }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const links = [...cards.querySelectorAll("h3 a")];
    const at = links.indexOf(event.target);
    if (found.hidden || (event.target !== input && at < 0)) return;
    event.preventDefault();
    const next = at + (event.key === "ArrowDown" ? 1 : -1);
    (next < 0 ? input : links[Math.min(next, links.length - 1)] ?? input).focus();
  });

  searched.hidden = false;
  if (facets) {
    facets.hidden = false;
    facets.open = matchMedia("(min-width: 60rem)").matches;
    lists.hidden = true;
  }
  asked = fromAddress();
  input.value = asked.words;
  if (!isEmpty()) changed();
})();
