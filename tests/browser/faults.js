// node faults.js REPORT/index.html COURSE.csv: plants faults, one at a time, and checks that each is seen.

import { createServer } from "node:http";
import { resolve } from "node:path";
import { open, withBrowser } from "./chromium.js";
import { checkContents, checkFigures, checkWithoutScript } from "./content.js";
import { checkCopying, checkEnlarging, checkSaving, checkSorting, withCopy } from "./controls.js";
import { checkLinks, checkQuiet, checkWidths } from "./everywhere.js";
import { checkLayout } from "./layout.js";
import { checkPages } from "./pages.js";
import { checkPaper } from "./paper.js";
import { checkCourse, checkKeys, checkReading } from "./reading.js";
import { checkPage } from "./served.js";
import { Verdicts } from "./verdicts.js";

const [file, course] = process.argv.slice(2).map((path) => resolve(path));

/** A change of the page that must not come to nothing. */
const replace = (from, to) => (html) => {
  const changed = html.replace(from, to);
  if (changed === html) throw new Error(`nothing to change: ${from}`);
  return changed;
};
const add = (html) => replace("</main>", `${html}</main>`);

const onPage = (check) => (verdicts, { page }) => check(verdicts, page);
const onFile = (check) => (verdicts, { browser, path }) => check(verdicts, browser, path);
const quiet = (verdicts, { heard, url }) => checkQuiet(verdicts, heard, (asked) => asked === url, "offline");
const plain = async (verdicts, { browser, page, url }) => {
  const { page: without, close } = await open(browser, url, { script: false, offline: true });
  await checkWithoutScript(verdicts, without, page);
  await close();
};
const againstCourse = (verdicts, { page }) => checkCourse(verdicts, page, "lusutrombopag_3mg_x7", course);

/** Rows and captions of many lines, some of which come to lie where a sheet ends. */
const LINES = "line<br>".repeat(9);
const TALL = `<table><tbody>${`<tr><td>${LINES}</td></tr>`.repeat(30)}</tbody></table>
  ${`<figure><svg role="img" viewBox="0 0 9 3"><title>t</title></svg><figcaption>${LINES.repeat(3)}</figcaption></figure>`.repeat(4)}`;
/** A style that comes after that of the page. */
const styled = (css) => replace("</head>", `<style>${css}</style></head>`);
/** Without most of the appendices, which take long to lay out. */
const short = (change) => (html) => {
  const [begin, end] = ["trial_details", "references"].map((id) => html.indexOf(`<section id="${id}"`));
  if (!(0 < begin && begin < end)) throw new Error("no appendices");
  return change(html.slice(0, begin) + html.slice(end));
};
/** Lets a sheet end within the elements of a selector, which comes after the style of the page. */
const mayBeCut = (selector) => styled(`${selector} { break-inside: auto !important }`);

/** What is planted, the check that is to see it (null: none is), and how that check is run. */
const FAULTS = [
  ["a message", "console clean", add("<script>console.log('a message')</script>"), quiet],
  ["a request", "no request leaves", add("<img alt='' src='http://127.0.0.1:9/dot.png'>"), quiet],
  ["a figure that is not drawn", "figures drawn", replace("<svg ", "<svg style='display: none' "), onPage(checkFigures)],
  ["a figure without a name", "figures named", replace('role="img"', ""), onPage(checkFigures)],
  ["an id twice", "ids are unique", add("<p id='content'>again</p>"), onPage(checkLinks)],
  ["a dead link", "no dead link", add("<a href='#nowhere'>nowhere</a>"), onPage(checkLinks)],
  [
    "a section that only the script shows",
    "complete without JavaScript",
    add("<section id='late' hidden><h2>Late</h2></section><script>late.hidden = false</script>"),
    plain,
  ],
  ["something wide", "no overflow at 400 px", add("<p style='width: 500px'>wide</p>"), onPage(checkWidths)],
  ["a button without words", "no barrier at 1280 px", add("<button></button>"), onPage(checkWidths)],
  ["words too light", "no barrier at 400 px", replace(/--note: #\w+/, "--note: #aaaaaa"), onPage(checkWidths)],
  ["contents that scroll away", "contents stay in view", replace("position: fixed", "position: static"), onPage(checkContents)],
  ["a table too wide", "no table or caption wider than its column at 1400 px", short(styled("table { min-width: 110rem }")), onPage(checkLayout)],
  ["cells that hide their text", "no text cut", short(styled("td { overflow: hidden; max-width: 2rem; white-space: nowrap }")), onPage(checkLayout)],
  ["rows blown up", "rows as high as their text at 1400 px", short(styled("tbody td { height: 9rem }")), onPage(checkLayout)],
  ["small print", "no small text at 1024 px", short(styled("caption { font-size: 8px }")), onPage(checkLayout)],
  ["figures that shrink", "no small text at 400 px", short(styled("figure svg { max-width: 100% !important }")), onPage(checkLayout)],
  ["a heading too deep", "headings in order", short(add("<h2>two</h2><h4>four</h4>")), onPage(checkLayout)],
  ["a number twice", "every figure and table numbered", replace('<b>Table <span class="number">2<', '<b>Table <span class="number">1<'), onPage(checkLayout)],
  ["a table without a reference", "every figure and table numbered", replace('href="#table-answer"', 'href="#answer"'), onPage(checkLayout)],
  ["many words", "main part in few words", short(replace('<section id="window"', `<p>${"word ".repeat(4000)}</p><section id="window"`)), onPage(checkPages)],
  ["many pages", "main part in few pages", short(styled("main section > * { break-after: page }")), onPage(checkPages)],
  ["a page half empty", "no page half empty", short(styled("#variants { break-before: page; break-after: page } #variants figure { display: none }")), onPage(checkPages)],
  ["an answer on two pages", "the first page has", short(styled("#answer figure { break-before: page }")), onPage(checkPages)],
  ["a picture too coarse", "figures are saved", short(replace("300 / 96", "1")), onPage(checkSaving)],
  ["no fault: tall rows and captions", null, add(TALL), onPage(checkPaper)],
  ["rows that may be cut", "no row cut on paper", (html) => mayBeCut("tr, pre")(add(TALL)(html)), onPage(checkPaper)],
  ["figures that may be cut", "no figure cut on paper", (html) => mayBeCut("figure")(add(TALL)(html)), onPage(checkPaper)],
  ["headings that stay behind", "tables headed on every page", replace(".sort { display: contents; }", ""), onPage(checkPaper)],
  ["a figure too high", "no figure cut on paper", replace("max-height: 190mm", "min-height: 300mm"), onPage(checkPaper)],
  ["one direction only", "tables are sorted", replace("direction * order", "order"), onFile(checkSorting)],
  ["blanks for tabs", "tables are copied", replace('join("\\t")', 'join(" ")'), onFile(checkCopying)],
  ["a dialog that stays", "figures are enlarged", replace("showModal()", "show()"), onPage(checkEnlarging)],
  ["values of the point before", "curves are read", replace("+ along * (", "+ 0 * ("), onPage(checkReading)],
  ["another place", "curves are read", replace("x - panel.frame[0]", "x - 300 - panel.frame[0]"), onPage(checkReading)],
  ["values off the window", "curves are read", replace(".style.top =", ".style.bottom ="), onPage(checkReading)],
  ["the wrong way", "curves are read by keyboard", replace("at - step", "at + step"), onPage(checkKeys)],
  ["counts of another day", "counts are those of thrombo simulate", replace("const whole = ", "const whole = 0.1 + "), againstCourse],
];

/** A served page with a slider; `follow` is what the slider does. */
const served = (follow, more = "") =>
  `<!DOCTYPE html><html lang="en"><meta name="viewport" content="width=device-width"><title>t</title><link rel="icon" href="data:,">
  <main><h1>t</h1><label>dose <input id="dose" type="range"></label><output>50</output>${more}</main>
  <script>dose.oninput = () => { ${follow} }</script></html>`;
const FOLLOWS = "document.querySelector('output').textContent = dose.value";

/** A field of counts; `query` is what the address then holds, `note` the sentence on wrong counts, `shown` the answer. */
const COUNTED = { query: "`?counts=${counts.value.replaceAll(' ', '')}`", note: "'`4` must be a count.'", shown: "counts.value" };
const counted = (change = {}) => {
  const { query, note, shown } = { ...COUNTED, ...change };
  return served(FOLLOWS, `<label>baseline <input id="baseline" type="range"></label><label>counts <input id="counts"></label>
  <p id="counts-note"></p><script>
    counts.value = (new URLSearchParams(location.search).get("counts") ?? "").replace(/[:,]/g, "$& ");
    counts.oninput = () => {
      const isUsed = /^(\\d+: \\d+(, |$))+$/.test(counts.value);
      document.querySelector("output").textContent = isUsed ? ${shown} : 50;
      baseline.disabled = isUsed;
      document.getElementById("counts-note").textContent = isUsed || !counts.value ? "" : ${note};
      history.replaceState(null, "", ${query});
      document.body.dataset.state = "ready";
    };
    counts.oninput();
  </script>`);
};

/** What a served page has, and the check that is to see it; none for the page without a fault. */
const SERVED = [
  ["no fault", null, served(FOLLOWS)],
  ["a slider without an answer", "the answer follows the slider", served("")],
  ["a foreign request", "no request leaves", served(FOLLOWS, "<img alt='' src='http://localhost:9/dot.png'>")],
  ["no fault of the counts", null, counted()],
  ["counts without an answer", "the answer follows the counts", counted({ shown: "50" })],
  ["counts that no address holds", "the answer follows the counts", counted({ query: "'?'" })],
  ["wrong counts without a sentence", "the answer follows the counts", counted({ note: "''" })],
];

/** Whether the check with this name failed; without a name, whether none did. */
const isSeen = ({ failed }, name) => (name === null ? failed.length === 0 : failed.some((one) => one.startsWith(name)));

async function plantAll(verdicts, browser) {
  for (const [what, name, change, check] of FAULTS) {
    const seen = new Verdicts({ quiet: true });
    const work = async (page, heard, url) => {
      await check(seen, { browser, page, heard, url, path: new URL(url).pathname });
    };
    await withCopy(browser, file, change, work);
    verdicts.say(what, isSeen(seen, name), `seen by "${seen.failed}"`);
  }
}

async function serveAll(verdicts, browser) {
  for (const [what, name, html] of SERVED) {
    const server = createServer((_, answer) => answer.setHeader("content-type", "text/html").end(html));
    await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
    const seen = new Verdicts({ quiet: true });
    await checkPage(seen, browser, `http://127.0.0.1:${server.address().port}/`, "#dose", "output", html.includes("counts") && "#counts");
    server.close();
    verdicts.say(`served: ${what}`, isSeen(seen, name), `seen by "${seen.failed}"`);
  }
}

const verdicts = new Verdicts();
await withBrowser(async (browser) => {
  await plantAll(verdicts, browser);
  await serveAll(verdicts, browser);
});
verdicts.exit();
