// What the report holds, seen as a reader sees it.

/** Every figure is drawn: it has a box, marks in it, and words for those who do not see it. */
export async function checkFigures(verdicts, page) {
  const { count, smallest, empty, mute } = await page.evaluate(() => {
    const name = (svg) => svg.querySelector("title")?.textContent || svg.getAttribute("aria-label");
    const figures = [...document.querySelectorAll("main figure")];
    const svgs = [...document.querySelectorAll("main svg:not(.narrow svg)")];
    const drawn = (svg) => svg.querySelectorAll("polyline, polygon, path, circle, rect, text");
    const box = (element) => element.getBoundingClientRect();
    const isEmpty = (svg) => box(svg).width < 50 || box(svg).height < 30 || drawn(svg).length < 5;
    return {
      count: svgs.length,
      smallest: Math.round(Math.min(...svgs.map((svg) => box(svg).height))),
      empty: [
        ...svgs.filter(isEmpty).map((svg) => `not drawn: ${name(svg)}`),
        ...figures.filter((f) => !f.querySelector("svg")).map(() => "figure without a drawing"),
      ],
      mute: svgs.filter((svg) => svg.getAttribute("role") !== "img" || !name(svg)).length,
    };
  });
  verdicts.none("figures drawn", empty, `${count} figures, the lowest ${smallest} px high`);
  verdicts.say("figures named", count > 0 && mute === 0, `${count - mute} of ${count}`);
}

/** Headings, figures and rows that can be seen. Controls are not counted. */
export function visible(page) {
  return page.evaluate(() => {
    const seen = (selector) => {
      const all = [...document.querySelectorAll(selector)].filter((e) => !e.closest("dialog"));
      return all.filter((e) => e.checkVisibility() && e.getBoundingClientRect().height > 0).length;
    };
    return { sections: seen("section"), headings: seen("h1, h2, h3"), figures: seen("svg"), rows: seen("tr") };
  });
}

/** Without JavaScript everything is there and no control that would do nothing. */
export async function checkWithoutScript(verdicts, plain, scripted) {
  const [without, withScript] = [await visible(plain), await visible(scripted)];
  const faults = Object.keys(without)
    .filter((kind) => without[kind] === 0 || without[kind] !== withScript[kind])
    .map((kind) => `${kind}: ${without[kind]}, with script ${withScript[kind]}`);
  const dead = await plain.$$eval("button, input, dialog", (controls) => controls.length);
  if (dead > 0) faults.push(`${dead} dead controls`);
  verdicts.none("complete without JavaScript", faults, JSON.stringify(without));
}

/** On a wide screen the contents stay in view, beside the text. */
export async function checkContents(verdicts, page) {
  await page.setViewport({ width: 1440, height: 900 });
  const { links, out } = await page.evaluate(() => {
    scrollTo(0, document.body.scrollHeight);
    const box = (element) => element.getBoundingClientRect();
    const links = [...document.querySelectorAll("nav a")];
    const isOut = (link) => box(link).top < 0 || box(link).bottom > innerHeight || box(link).right > box(document.querySelector("main")).left;
    return { links: links.length, out: links.filter(isOut).map((link) => link.textContent) };
  });
  if (links === 0) out.push("no contents");
  await page.setViewport({ width: 1280, height: 900 });
  verdicts.none("contents stay in view at 1440 px", out, `${links} links`);
}
