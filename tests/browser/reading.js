// Values of curves, read off the figures by mouse and by keyboard.

import { readFileSync } from "node:fs";

/** Reads every panel of every figure at a third and two thirds of its width, and compares with the values drawn. */
export async function checkReading(verdicts, page) {
  const faults = [];
  let count = 0;
  for (const svg of await page.$$("main figure svg:has(metadata):not(.narrow svg)")) {
    const { grids, panels } = JSON.parse(await svg.$eval("metadata", (data) => data.textContent));
    for (const panel of panels) {
      for (const share of [1 / 3, 2 / 3]) {
        const [x, told] = await point(page, svg, panel, share);
        const expected = panel.curves.map((curve) => between(grids[curve.grid], curve.y, x));
        const meant = panel.x.low + share * (panel.x.high - panel.x.low);
        if (!panel.x.log && !(Math.abs(x - meant) <= 0.01 * (panel.x.high - panel.x.low))) faults.push(`${x} for ${meant}`);
        const near = expected.every((value, i) => agrees(told[i], value, panel.y));
        const hidden = await svg.evaluate(isHidden);
        if (hidden) faults.push(`${panel.y.title} at ${x}: the values are not to be seen`);
        if (!near || told.length !== expected.length) faults.push(`${panel.y.title} at ${x}: ${told} for ${expected}`);
        count += expected.length;
      }
    }
  }
  verdicts.none("curves are read", count > 0 ? faults : ["no curve"], `${count} values`);
}

/** Compares the counts read off the platelet panel of a regimen with a course computed apart (thrombo simulate). */
export async function checkCourse(verdicts, page, id, file) {
  const text = readFileSync(file, "utf8").trim().split("\n").filter((line) => !line.startsWith("#"));
  const [head, ...lines] = text.map((line) => line.split(","));
  const [time, platelets] = [head.indexOf("time_h"), head.indexOf("plt_1e9_l")];
  const svg = await page.$(`#${id} figure svg`);
  const { panels } = JSON.parse(await svg.$eval("metadata", (data) => data.textContent));
  const panel = panels.at(-1);
  const faults = [];
  let count = 0;
  for (const line of lines) {
    const day = Number(line[time]) / 24;
    if (day < panel.x.low || day > panel.x.high) continue;
    const [x, [told]] = await point(page, svg, panel, (day - panel.x.low) / (panel.x.high - panel.x.low));
    const value = Number(line[platelets]);
    if (x !== day || Math.abs(told - value) > 0.051) faults.push(`day ${x}: ${told} for ${value} on day ${day}`);
    count += 1;
  }
  verdicts.none("counts are those of thrombo simulate", count > 5 ? faults : ["no days"], `${count} days of ${id}`);
}

/** By keyboard: to the end, one step back, to the panel above, away. */
export async function checkKeys(verdicts, page) {
  const faults = [];
  const svg = await page.$("section.regimen figure svg:has(metadata)");
  const { panels } = JSON.parse(await svg.$eval("metadata", (data) => data.textContent));
  const last = panels.at(-1);
  const press = async (key, x, curves) => {
    await page.keyboard.press(key);
    const [at, told] = await readout(svg);
    if (!(Math.abs(at - x) < 1e-6) || told.length !== curves) faults.push(`${key}: ${told.length} values at ${at}`);
  };
  await svg.evaluate((svg) => svg.focus());
  await press("End", last.x.high, last.curves.length);
  await press("ArrowLeft", last.x.high - 1, last.curves.length);
  await press("ArrowUp", last.x.high - 1, panels.at(-2).curves.length);
  await press("Home", last.x.low, panels.at(-2).curves.length);
  await page.keyboard.press("Escape");
  if ((await readout(svg))[1].length > 0) faults.push("Escape leaves the values");
  verdicts.none("curves are read by keyboard", faults, `${panels.length} panels`);
}

/** Points at a share of the width of a panel: the x that is told and the values of its curves. */
async function point(page, svg, { frame: [left, top, width, height] }, share) {
  const place = await svg.evaluate((svg, x, y) => {
    svg.scrollIntoView({ block: "nearest" });
    const at = () => new DOMPoint(x, y).matrixTransform(svg.getScreenCTM());
    if (at().y < 10 || at().y > innerHeight - 10) scrollBy(0, at().y - innerHeight / 2);
    return { x: at().x, y: at().y };
  }, left + share * width, top + height / 2);
  await page.mouse.move(place.x, place.y);
  return readout(svg);
}

/** Whether the readout of a figure lies outside the figure or the window. */
function isHidden(svg) {
  const [told, figure] = [svg.parentElement.querySelector(".readout"), svg].map((e) => e.getBoundingClientRect());
  const inside = (box) => told.left >= box.left - 20 && told.right <= box.right + 20 && told.top >= box.top;
  return !(told.width > 40 && told.height > 20 && inside(figure) && told.top < innerHeight && told.bottom > 0);
}

/** What the readout of a figure tells: x, and the values. */
const readout = (svg) =>
  svg.evaluate((svg) => {
    const number = (p) => p.querySelector("b").textContent.replace("−", "-").replace("–", "NaN");
    const [x, ...values] = [...svg.parentElement.querySelectorAll(".readout p")].map((p) => Number(number(p)));
    return [x, values];
  });

/** Straight lines between the points of a curve; NaN where there is none. */
function between(xs, ys, x) {
  const after = xs.findIndex((at) => at > x - 1e-9);
  if (after < 0 || (after === 0 && xs[0] > x + 1e-9)) return NaN;
  const share = after === 0 ? 1 : (x - xs[after - 1]) / (xs[after] - xs[after - 1]);
  const before = after === 0 || share > 1 - 1e-9 ? 0 : (1 - share) * ys[after - 1];
  return before + share * ys[after];
}

/** Whether a value is told as it is, to the digits that are told. */
function agrees(told, value, axis) {
  if (Number.isNaN(value) || value === null) return Number.isNaN(told);
  const rounding = axis.log ? 0.006 * Math.abs(value) : 0.006 * (axis.high - axis.low);
  return Math.abs(told - value) <= rounding;
}
