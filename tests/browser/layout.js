// How the report fits its paper and its screen: widths, sizes of text, heights of rows, numbers and references.

/** Widths (CSS pixels) of a wide desk, of a small one and of a telephone. */
const WIDTHS = [1400, 1024, 400];
/** The smallest text that is read without effort, CSS pixels. */
const SMALLEST = 9;

export async function checkLayout(verdicts, page) {
  for (const width of WIDTHS) {
    await page.setViewport({ width, height: 900 });
    const found = await page.evaluate(measure, SMALLEST);
    for (const [what, { faults, all }] of Object.entries(found)) {
      verdicts.none(`${what} at ${width} px`, all === 0 ? ["nothing was measured"] : faults, `${all}`);
    }
  }
  await page.setViewport({ width: WIDTHS[0], height: 900 });
  const { headings, references } = await page.evaluate(order);
  verdicts.none("headings in order", headings.faults, `${headings.all}`);
  verdicts.none("every figure and table numbered and referred to", references.faults, `${references.all}`);
}

/** What does not fit, by kind; `all` is how much was measured. */
function measure(smallest) {
  const box = (element) => element.getBoundingClientRect();
  const words = (element) => element.textContent.trim().replace(/\s+/g, " ").slice(0, 40);
  const seen = (selector) => [...document.querySelectorAll(selector)].filter((e) => !e.closest("dialog") && e.checkVisibility());
  const report = (elements, fault) => ({ all: elements.length, faults: elements.map(fault).filter(Boolean) });
  const wider = (element) => {
    const column = element.closest(".scroll") ?? element.closest("main");
    const over = box(element).right - box(column).right;
    return over > 0.5 && `${Math.round(over)} px over: ${words(element)}`;
  };
  const cut = (element) => {
    const hides = getComputedStyle(element).overflowX === "hidden";
    return hides && element.scrollWidth > element.clientWidth + 1 && `cut: ${words(element)}`;
  };
  /** The height of what is written in an element. */
  const written = (element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    return box(range).height;
  };
  /** A card has the heading of its column beside each cell: about so many letters in a line. */
  const ofCard = (cell) => Math.max(written(cell), 24 * Math.ceil((cell.dataset.label?.length ?? 0) / 14));
  const tall = (row) => {
    const cells = [...row.cells];
    const isCard = getComputedStyle(row).display === "block";
    const content = isCard ? cells.reduce((sum, cell) => sum + ofCard(cell), 0) : Math.max(...cells.map(written));
    const spare = box(row).height - content;
    const padding = isCard ? 24 + 8 * cells.length : 8 + 6 * cells.length;
    return spare > padding && `${Math.round(spare)} px without text: ${words(row)}`;
  };
  const size = (element) => {
    const own = parseFloat(getComputedStyle(element).fontSize);
    if (!(element instanceof SVGElement)) return own;
    const { a, b } = element.getScreenCTM();
    return own * Math.hypot(a, b);
  };
  const small = (element) => size(element) < smallest - 0.05 && `${size(element).toFixed(1)} px: ${words(element)}`;
  const holdsText = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  return {
    "no table or caption wider than its column": report(seen("table, caption, figure"), wider),
    "no text cut": report(seen("p, li, th, td, caption, figcaption"), cut),
    "rows as high as their text": report(seen("tbody tr"), tall),
    "no small text": report(seen("body *").filter(holdsText), small),
  };
}

/** Headings that skip a level; figures and tables without number or reference. */
function order() {
  const levels = [...document.querySelectorAll("h1, h2, h3, h4")].map((e) => Number(e.tagName[1]));
  const skips = levels.filter((level, i) => level > (levels[i - 1] ?? 0) + 1).map((level) => `h${level} too deep`);
  const all = [...document.querySelectorAll("main figure, main table")];
  const referred = new Set([...document.querySelectorAll("a.see")].map((a) => a.getAttribute("href")));
  const numbers = { FIGURE: 0, TABLE: 0 };
  const faults = all.flatMap((element) => {
    const next = String((numbers[element.tagName] += 1));
    const number = element.querySelector(".number")?.textContent;
    const own = [];
    if (number !== next) own.push(`${element.id}: number ${number}, not ${next}`);
    if (!referred.has(`#${element.id}`)) own.push(`${element.id}: no reference`);
    return own;
  });
  return { headings: { all: levels.length, faults: skips }, references: { all: all.length, faults } };
}
