// node report.js REPORT/index.html [COURSE.csv]: opens a written report and checks it; one line a check.
// The course is that of REGIMEN by `thrombo simulate --every "1 d"`, to compare the figure's values with.

import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { open, withBrowser } from "./chromium.js";
import { checkContents, checkFigures, checkWithoutScript } from "./content.js";
import { checkCopying, checkEnlarging, checkSaving, checkSorting } from "./controls.js";
import { checkLinks, checkQuiet, checkWidths } from "./everywhere.js";
import { checkLayout } from "./layout.js";
import { checkPages } from "./pages.js";
import { checkPaper } from "./paper.js";
import { checkCourse, checkKeys, checkReading } from "./reading.js";
import { Verdicts } from "./verdicts.js";

const REGIMEN = "lusutrombopag_3mg_x7";

const [file, course] = process.argv.slice(2).map((path) => resolve(path));
const url = pathToFileURL(file).href;
const verdicts = new Verdicts();
await withBrowser(async (browser) => {
  const { page, heard } = await open(browser, url, { offline: true });
  const plain = await open(browser, url, { script: false, offline: true });
  await checkFigures(verdicts, page);
  await checkLinks(verdicts, page);
  await checkWithoutScript(verdicts, plain.page, page);
  await plain.close();
  await checkSorting(verdicts, browser, file);
  await checkCopying(verdicts, browser, file);
  await checkEnlarging(verdicts, page);
  await checkSaving(verdicts, page);
  await checkReading(verdicts, page);
  await checkKeys(verdicts, page);
  if (course) await checkCourse(verdicts, page, REGIMEN, course);
  await checkWidths(verdicts, page);
  await checkContents(verdicts, page);
  await checkLayout(verdicts, page);
  await checkPages(verdicts, page);
  await checkPaper(verdicts, page);
  checkQuiet(verdicts, heard, (asked) => asked === url, "offline");
});
verdicts.exit();
