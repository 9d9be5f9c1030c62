// What holds for every page of the program, written or served.

import { barriers, WIDTHS } from "./chromium.js";

/** Nothing on the console, and no request but those that `allowed` lets through. */
export function checkQuiet(verdicts, heard, allowed, where) {
  verdicts.none(`console clean, ${where}`, heard.messages, `${heard.messages.length} messages`);
  const foreign = heard.requests.filter((url) => !/^(data|blob):/.test(url) && !allowed(url));
  verdicts.none(`no request leaves, ${where}`, foreign, `${heard.requests.length} requests`);
}

/** At both widths: nothing wider than the window, and no barrier that axe-core calls serious or critical. */
export async function checkWidths(verdicts, page) {
  for (const width of WIDTHS) {
    await page.setViewport({ width, height: 900 });
    const { wide, over } = await page.evaluate(tooWide);
    verdicts.none(`no overflow at ${width} px`, over, `${wide} px wide`);
    const { told, rules } = await barriers(page);
    verdicts.none(`no barrier at ${width} px`, told, `${rules} rules of axe-core`);
  }
  await page.setViewport({ width: WIDTHS[0], height: 900 });
}

/** Width of the content, and what sticks out of the window if anything does. */
function tooWide() {
  const root = document.documentElement;
  const wide = Math.max(root.scrollWidth, document.body.scrollWidth);
  if (wide <= root.clientWidth) return { wide, over: [] };
  const scrolls = (element) => element.closest(".scroll, pre, dialog");
  const out = [...document.body.querySelectorAll("*")].filter(
    (e) => e.getBoundingClientRect().right > root.clientWidth + 0.5 && !scrolls(e),
  );
  return { wide, over: [`over ${root.clientWidth}: ${out.map((e) => e.tagName).slice(0, 4)}`] };
}

/** Ids are unique and every link within the page leads somewhere. */
export async function checkLinks(verdicts, page) {
  const { ids, twice, links, dead } = await page.evaluate(() => {
    const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
    const links = [...document.querySelectorAll('a[href^="#"]')].map((a) => a.getAttribute("href"));
    return {
      ids: ids.length,
      twice: ids.filter((id, i) => ids.indexOf(id) !== i),
      links: links.length,
      dead: links.filter((href) => !ids.includes(decodeURIComponent(href.slice(1)))),
    };
  });
  verdicts.none("ids are unique", twice, `${ids} ids`);
  verdicts.none("no dead link", dead, `${links} links within the page`);
}
