// All checks of a served page.

import { open } from "./chromium.js";
import { checkLinks, checkQuiet, checkWidths } from "./everywhere.js";

/** Checks the page at `url`; the answer is to follow the slider and the field of counts, where there are any. */
export async function checkPage(verdicts, browser, url, slider, answer, field) {
  const { page, heard, close } = await open(browser, url);
  await checkLinks(verdicts, page);
  await checkWidths(verdicts, page);
  if (slider) await checkSlider(verdicts, page, slider, answer);
  if (field) await checkCounts(verdicts, page, url, answer, field);
  const { origin } = new URL(url);
  checkQuiet(verdicts, heard, (asked) => new URL(asked).origin === origin, origin);
  await close();
}

/** Moves the slider to both its ends and checks that the answer follows. */
async function checkSlider(verdicts, page, slider, answer) {
  const told = () => page.$eval(answer, (element) => element.innerHTML);
  const answers = [];
  for (const key of ["Home", "End", "Home"]) {
    const before = await told();
    await page.focus(slider);
    await page.keyboard.press(key);
    const changed = (selector, before) => document.querySelector(selector).innerHTML !== before;
    // At an end already, nothing is to change.
    await page.waitForFunction(changed, { timeout: 3000 }, answer, before).catch(() => {});
    answers.push(await told());
  }
  const follows = answers[0] !== answers[1] && answers[0] === answers[2];
  verdicts.say("the answer follows the slider", follows, `${answer} after ${slider}`);
}

/** Types counts, wrong ones and none: the answer follows, the address holds them, and wrong ones get a sentence. */
async function checkCounts(verdicts, page, url, answer, field) {
  const counts = "0:35,4:38,7:52";
  const faults = [];
  const is = (what, holds) => holds || faults.push(what);
  const told = () => page.$eval(answer, (element) => element.textContent);
  const note = () => page.$eval(`${field}-note`, (element) => (element.hidden ? "" : element.textContent));
  const ready = () => page.waitForFunction(() => document.body.dataset.state === "ready", { timeout: 5000 });
  const type = async (text) => {
    await page.focus(field);
    await page.$eval(field, (element) => element.select());
    await page.keyboard.press("Backspace");
    if (text) await page.type(field, text);
    await ready();
  };
  await page.goto(url);
  await ready();
  const before = await told();
  await type("0: 35, 4: 38, 7: 52");
  const given = await told();
  is("the answer does not follow", given !== before);
  is("the baseline can still be moved", await page.$eval("#baseline", (slider) => slider.disabled));
  const isHeld = (own) => location.search.includes(own);
  await page.waitForFunction(isHeld, { timeout: 3000 }, `counts=${counts}`).catch(() => is("the address stays", false));
  await type("0: 35, 4");
  is(`wrong counts: ${await note()}`, /`4` must be .*\.$/.test(await note()));
  is("wrong counts have an answer of their own", (await told()) === before);
  await type("");
  is("without counts the answer is another one", (await told()) === before && (await note()) === "");
  await page.goto(`${url}?counts=${counts}`);
  await ready();
  is("the address does not hold the counts", (await told()) === given);
  is("the field is empty", (await page.$eval(field, (element) => element.value)) === "0: 35, 4: 38, 7: 52");
  verdicts.none("the answer follows the counts", faults, `${answer} after ${field}`);
}
