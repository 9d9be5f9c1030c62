// All checks of a served page.

import { open } from "./chromium.js";
import { checkLinks, checkQuiet, checkWidths } from "./everywhere.js";

/** Checks the page at `url`; the answer is to follow the slider, if there is one. */
export async function checkPage(verdicts, browser, url, slider, answer) {
  const { page, heard, close } = await open(browser, url);
  await checkLinks(verdicts, page);
  await checkWidths(verdicts, page);
  if (slider) await checkSlider(verdicts, page, slider, answer);
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
