// node page.js URL [SLIDER ANSWER [FIELD]]: opens a served page and checks it; one line a check. SLIDER, ANSWER and FIELD are
// selectors: the answer is to follow the slider, and the counts that are typed into the field.

import { withBrowser } from "./chromium.js";
import { checkPage } from "./served.js";
import { Verdicts } from "./verdicts.js";

const verdicts = new Verdicts();
await withBrowser((browser) => checkPage(verdicts, browser, ...process.argv.slice(2)));
verdicts.exit();
