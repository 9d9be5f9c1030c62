// The report as printed pages: how many, how full, how many words.

import { printed } from "./printing.js";

/** Pages (A4) and words of the main part, at most. */
const MOST = { pages: 12, words: 4000 };
/** How far down a page is written, at least, as a share of its height. */
const LEAST = 0.5;

export async function checkPages(verdicts, page) {
  const { words, breaks } = await page.evaluate(contents);
  const sheets = await print(page);
  const plain = (text) => text.replaceAll(/\s+/g, "");
  const begins = (sheet) => breaks.some((heading) => plain(sheet.text).startsWith(plain(heading)));
  const main = sheets.findIndex((sheet) => plain(sheet.text).startsWith("Appendix:"));
  verdicts.say("main part in few pages", main > 0 && main <= MOST.pages, `${main} of ${sheets.length}`);
  verdicts.say("main part in few words", words > 500 && words <= MOST.words, `${words}`);
  const first = plain(sheets[0].text);
  const absent = ["Figure1", "Table1."].filter((what) => !first.includes(what));
  verdicts.none("the first page has the figure and the table of the answer", absent, "page 1");
  const empty = sheets
    .map((sheet, i) => ({ number: i + 1, filled: sheet.filled, isLast: i + 1 === sheets.length || begins(sheets[i + 1]) }))
    .filter(({ filled, isLast }) => !isLast && filled < LEAST)
    .map(({ number, filled }) => `page ${number}: ${Math.round(100 * filled)} %`);
  verdicts.none("no page half empty within a part", empty, `${sheets.length} pages`);
}

/** Words of the main part outside figures and commands, and the headings that begin a page. */
function contents() {
  const main = document.querySelector("main").cloneNode(true);
  for (const other of main.querySelectorAll(".appendix, svg, pre, nav, .tools, .readout")) other.remove();
  const headings = [document.querySelector(".appendix h2"), ...document.querySelectorAll("section.regimen h3")];
  const after = document.querySelector("section:has(> section.regimen) + section h2");
  return {
    words: main.textContent.split(/\s+/).filter(Boolean).length,
    breaks: [...headings, after].filter(Boolean).map((heading) => heading.textContent),
  };
}

/** The text of every printed page, and how far down it goes. */
async function print(page) {
  const sheets = (await printed(page, "-bbox")).split("<page ").slice(1);
  return sheets.map((sheet) => {
    const height = Number(/height="([\d.]+)"/.exec(sheet)[1]);
    const found = [...sheet.matchAll(/yMax="([\d.]+)">([^<]*)</g)];
    return {
      text: found.map(([, , word]) => word).join(" "),
      filled: Math.max(0, ...found.map(([, bottom]) => Number(bottom))) / height,
    };
  });
}
