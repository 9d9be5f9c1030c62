// What the script of the report adds, operated as a reader does: by mouse and by keyboard.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { open } from "./chromium.js";

/** Cells as the report writes them, in the order in which they are to be sorted. */
const CELLS = ["−3", "< 0.1", "0.1", "9 %", "22.1", "≥ 22.1", "100 %", "1,200", "after the end", "never", "–"];

/** Runs `work` on a page opened from a changed copy of the report; `before` runs in it ahead of its scripts. */
export async function withCopy(browser, file, change, work, { before, ...options } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "thrombo-copy-"));
  const copy = join(folder, "index.html");
  try {
    writeFileSync(copy, change(readFileSync(file, "utf8")));
    const opened = await open(browser, pathToFileURL(copy).href, { offline: true, before, ...options });
    await work(opened.page, opened.heard, pathToFileURL(copy).href);
    await opened.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A table of `CELLS` out of order, ahead of all others. */
function plantTable(html) {
  const shuffled = CELLS.map((cell, i) => CELLS[(7 * i + 3) % CELLS.length]);
  const rows = shuffled.map((cell) => `<tr><td>${cell.replace("<", "&lt;")}</td><td>x</td></tr>`).join("");
  const table = `<table id="planted"><thead><tr><th>value</th><th>same</th></tr></thead><tbody>${rows}</tbody></table>`;
  return html.replace(/(<main[^>]*>)/, `$1${table}`);
}

const firstColumn = (page) => page.$$eval("#planted tbody tr", (rows) => rows.map((row) => row.cells[0].textContent));

/** Sorting by mouse and keyboard: up, down, as written. */
export async function checkSorting(verdicts, browser, file) {
  await withCopy(browser, file, plantTable, async (page) => {
    const faults = [];
    const asWritten = await firstColumn(page);
    const down = [...CELLS.slice(0, -2).reverse()];
    const missing = asWritten.filter((cell) => ["never", "–"].includes(cell));
    const head = await page.$("#planted thead button");
    const expect = async (what, order, cells) => {
      const [found, aria] = [await firstColumn(page), await page.$eval("#planted th", (th) => th.ariaSort)];
      if (found.join() !== cells.join()) faults.push(`${what}: ${found.join(" | ")}`);
      if (aria !== order) faults.push(`${what}: aria-sort is ${aria}`);
    };
    await head.click();
    await expect("by mouse, up", "ascending", [...CELLS.slice(0, -2), ...missing]);
    await head.focus();
    await page.keyboard.press("Enter");
    await expect("by keyboard, down", "descending", [...down, ...missing]);
    await page.keyboard.press("Space");
    await expect("by keyboard, as written", null, asWritten);
    const tables = await page.$$eval("main table", (all) => all.filter((t) => t.querySelector("button.sort")).length);
    verdicts.none("tables are sorted", faults, `${CELLS.length} cells, ${tables} tables with buttons`);
  });
}

/** The text of a table as it is to arrive in the clipboard. */
const tabbed = (page) =>
  page.$eval("main table", (table) =>
    [...table.rows].map((r) => [...r.cells].map((c) => c.innerText.trim().replace(/\s+/g, " ")).join("\t")).join("\n"),
  );

/** Copying with a clipboard, with the old command only, and with neither. */
export async function checkCopying(verdicts, browser, file) {
  const faults = [];
  const copied = (what, before, found) =>
    withCopy(browser, file, (html) => html, async (page) => {
      const text = await tabbed(page);
      await (await page.$("main .scroll + .tools button")).click();
      await page.waitForFunction(() => document.querySelector("main .scroll + .tools [role=status]").textContent !== "");
      const got = (await found(page)).trim();
      if (got !== text) faults.push(`${what}: ${got.slice(0, 60)}`);
    }, { before });
  const pasted = async (page) => {
    await page.evaluate(() => document.body.appendChild(document.createElement("textarea")).focus());
    await page.keyboard.press("v", { commands: ["Paste"] });
    return page.$eval("body > textarea", (area) => area.value.replace(/v$/, ""));
  };
  const without = () => Object.defineProperty(navigator, "clipboard", { value: undefined });
  const withNeither = () => {
    Object.defineProperty(navigator, "clipboard", { value: undefined });
    document.execCommand = () => false;
  };
  const selected = (page) =>
    page.evaluate(() => {
      const [range, rows] = [getSelection().getRangeAt(0), document.querySelectorAll("main table")[0].rows];
      const inside = [...rows].every((row) => range.intersectsNode(row));
      const clean = (cell) => cell.innerText.trim().replace(/\s+/g, " ");
      return inside ? [...rows].map((row) => [...row.cells].map(clean).join("\t")).join("\n") : "nothing selected";
    });
  await copied("clipboard", undefined, pasted);
  await copied("command", without, pasted);
  await copied("selection", withNeither, selected);
  verdicts.none("tables are copied", faults, "by clipboard, by command, by selection");
}

/** A figure in a dialog: larger, closed by Escape, the focus back where it was. */
export async function checkEnlarging(verdicts, page) {
  const faults = [];
  const buttons = await page.$$("main figure svg:not(.narrow svg) + .readout + .tools button:first-child, main figure svg:not(.narrow svg) + .tools button:first-child");
  const figures = await page.$$eval("main figure svg:not(.narrow svg)", (svgs) => svgs.length);
  for (const button of buttons) {
    await button.focus();
    await page.keyboard.press("Enter");
    const [small, large] = await page.evaluate(() => {
      const small = document.activeElement.closest("dialog") && document.querySelector("main figure svg:not(.narrow svg)");
      const large = document.querySelector("dialog[open] svg");
      return [small, large].map((svg) => svg?.getBoundingClientRect().width ?? 0);
    });
    await page.keyboard.press("Escape");
    const back = await button.evaluate(async (b) => {
      // The dialog tells that it is closed only after it has been closed, on a busy machine later.
      const isBack = () => document.activeElement === b && !document.querySelector("dialog[open], dialog svg");
      for (let i = 0; i < 20 && !isBack(); i++) await new Promise((done) => setTimeout(done, 50));
      return isBack();
    });
    if (!(small > 0 && large > 1.2 * small)) faults.push(`${small} px became ${large} px`);
    if (!back) faults.push("the focus did not come back");
  }
  if (buttons.length !== figures) faults.push(`${buttons.length} buttons for ${figures} figures`);
  verdicts.none("figures are enlarged", faults, `${buttons.length} figures`);
}

/** Figures are saved as SVG with their typeface, and as PNG with 300 pixels to the inch. */
export async function checkSaving(verdicts, page) {
  const found = await page.evaluate(async () => {
    const kept = [];
    const [create, click] = [URL.createObjectURL, HTMLAnchorElement.prototype.click];
    URL.createObjectURL = (blob) => (kept.push(blob), create.call(URL, blob));
    let name = "";
    const saved = new Promise((done) => {
      HTMLAnchorElement.prototype.click = function () {
        name = this.download;
        done();
      };
    });
    const again = () => new Promise((done) => (HTMLAnchorElement.prototype.click = function () {
      name = this.download;
      done();
    }));
    const [, svg, png] = document.querySelectorAll("#figure-answer .wide .tools button");
    svg.click();
    await saved;
    const text = await kept.at(-1).text();
    const asSvg = { name, drawn: text.startsWith("<svg") && text.includes("@font-face"), marks: text.includes("aria-hidden") };
    const second = again();
    png.click();
    await second;
    const picture = await createImageBitmap(kept.at(-1));
    const width = document.querySelector("#figure-answer .wide svg").viewBox.baseVal.width;
    [URL.createObjectURL, HTMLAnchorElement.prototype.click] = [create, click];
    return { asSvg, asPng: { name, width: picture.width, wanted: Math.round((width / 10) * (300 / 96)) } };
  });
  const { asSvg, asPng } = found;
  const good = asSvg.name === "answer.svg" && asSvg.drawn && !asSvg.marks && asPng.name === "answer.png" && asPng.width === asPng.wanted;
  verdicts.say("figures are saved", good, JSON.stringify(found));
}
