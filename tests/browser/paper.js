// The report on paper: which page the head and the foot of every figure and table row come to lie on.

import { printed } from "./printing.js";

/** Prints the page and checks that no figure and no row of a table is cut. */
export async function checkPaper(verdicts, page) {
  const marked = await page.evaluate(mark);
  const sheets = await print(page);
  const sheetOf = (word) => sheets.findIndex((text) => text.includes(word));
  for (const kind of ["figure", "row"]) {
    const all = marked.filter((one) => one.kind === kind);
    const cut = [];
    for (const { id, words } of all) {
      const [head, foot] = [sheetOf(`<${id}a>`), sheetOf(`<${id}z>`)];
      if (head < 0 || foot < 0) cut.push(`not on paper: ${words}`);
      else if (head !== foot) cut.push(`pages ${head + 1} to ${foot + 1}: ${words}`);
    }
    verdicts.none(`no ${kind} cut on paper`, cut, `${all.length} on ${sheets.length} pages`);
  }
  const headed = marked.filter((one) => one.head);
  const without = headed.filter(({ id, head }) => !sheets[sheetOf(`<${id}a>`)]?.includes(`<${head}>`));
  const rows = without.map(({ words }) => `no heading above: ${words}`);
  verdicts.none("tables headed on every page", headed.length > 0 ? rows : ["no table"], `${headed.length} rows`);
}

/** Sets a word of no size at the head and at the foot of everything that is to stay whole; the layout does not notice. */
function mark() {
  const marked = [];
  const word = (text, place) => {
    const span = document.createElement("span");
    span.textContent = text;
    span.style.cssText = `font: 1px/1px monospace; white-space: pre; left: 0; ${place}`;
    return span;
  };
  const add = (kind, holder, words, head) => {
    const id = `m${marked.length}`;
    holder.style.position = "relative";
    for (const [end, edge] of [["a", "top"], ["z", "bottom"]]) {
      holder.append(word(`<${id}${end}>`, `position: absolute; ${edge}: 0`));
    }
    marked.push({ id, kind, words, head });
  };
  for (const figure of document.querySelectorAll("main figure")) {
    add("figure", figure, figure.querySelector("title")?.textContent ?? "");
  }
  for (const table of document.querySelectorAll("table")) {
    const head = table.tHead && `h${marked.length}`;
    const cell = table.tHead?.rows[0].cells[0];
    // Within the text, because boxes are repeated on the next sheet where their text is not.
    if (head) (cell.querySelector("button") ?? cell).prepend(word(`<${head}>`, ""));
    for (const row of [...table.tBodies].flatMap((body) => [...body.rows])) {
      const tallest = [...row.cells].sort((a, b) => b.innerText.length - a.innerText.length)[0];
      add("row", tallest, row.innerText.slice(0, 40), head);
    }
  }
  return marked;
}

/** The text of every printed sheet. */
async function print(page) {
  return (await printed(page, "-raw")).split("\f").slice(0, -1);
}
