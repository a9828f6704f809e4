/** Reading tables of numbers over time in the browser: CSV or JSON, as the container takes them. */

/**
 * The columns of a table.
 * @param {Blob} file
 * @returns {Promise<Map<string, number[]>>} by name; what is no number is NaN
 */
export async function columns(file) {
  const text = (await file.text()).replace(/^\uFEFF/, "").trim();
  const found = /^[{[]/.test(text) ? fromJson(JSON.parse(text)) : fromCsv(text);
  return new Map([...found].map(([name, cells]) => [name.trim(), cells.map((cell) => (cell === "" ? NaN : Number(cell)))]));
}

function fromJson(found) {
  if (!Array.isArray(found)) return new Map(Object.entries(found));
  return new Map(Object.keys(found[0]).map((name) => [name, found.map((row) => row[name])]));
}

function fromCsv(text) {
  const header = text.split("\n", 1)[0];
  const count = (separator) => header.split(separator).length;
  const separator = [",", ";", "\t"].reduce((best, one) => (count(one) > count(best) ? one : best));
  const [names, ...rows] = records(text, separator);
  return new Map(names.map((name, column) => [name, rows.map((row) => row[column] ?? "")]));
}

/** Rows of cells; quotes keep separators, and a quote is doubled inside them (RFC 4180). */
function records(text, separator) {
  const rows = [[""]];
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at];
    const row = rows.at(-1);
    if (quoted && letter === '"' && text[at + 1] === '"') row[row.length - 1] += text[++at];
    else if (letter === '"') quoted = !quoted;
    else if (quoted || ![separator, "\n", "\r"].includes(letter)) row[row.length - 1] += letter;
    else if (letter === separator) row.push("");
    else if (letter === "\n") rows.push([""]);
  }
  return rows.filter((row) => row.length > 1 || row[0] !== "");
}
