// A headless Chromium and what one of its pages said and asked for.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import puppeteer from "puppeteer-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Widths (CSS pixels) of a desk and of a telephone. */
export const WIDTHS = [1280, 400];

/** Runs `work` with a browser, and closes the browser whatever happens. */
export async function withBrowser(work) {
  const executablePath = process.env.CHROMIUM;
  if (!executablePath) throw new Error("the variable CHROMIUM must name the Chromium to start");
  const args = ["--disable-component-update", "--force-color-profile=srgb"];
  // Chromium refuses to sandbox as root, which is what containers of continuous integration run as. Only pages that the
  // program itself wrote are opened.
  if (process.getuid?.() === 0) args.push("--no-sandbox");
  const browser = await puppeteer.launch({ executablePath, args });
  try {
    return await work(browser);
  } finally {
    await browser.close();
  }
}

/** Opens `url` in a page of its own; `heard` collects messages and requests from the first byte on. */
export async function open(browser, url, { width = 1280, script = true, offline = false, before } = {}) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  const heard = { messages: [], requests: [] };
  page.on("console", (message) => heard.messages.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => heard.messages.push(`error: ${error.message}`));
  page.on("request", (request) => heard.requests.push(request.url()));
  page.on("requestfailed", (request) => heard.messages.push(`failed: ${request.url()}`));
  await page.setViewport({ width, height: 900 });
  await page.setJavaScriptEnabled(script);
  await page.setOfflineMode(offline);
  if (before) await page.evaluateOnNewDocument(before);
  await page.goto(url, { waitUntil: "load" });
  await page.evaluate(() => document.fonts.ready.then(() => true));
  return { page, heard, close: () => context.close() };
}

/** What axe-core finds on the page: rules of serious or critical impact, each with its first place. */
export async function barriers(page) {
  await page.evaluate(AXE);
  const { violations, passes } = await page.evaluate(() =>
    window.axe.run(document, { resultTypes: ["violations", "passes"] }),
  );
  const grave = violations.filter((rule) => ["serious", "critical"].includes(rule.impact));
  const told = grave.map((rule) => `${rule.id} (${rule.nodes.length}: ${rule.nodes[0].target})`);
  return { told, rules: violations.length + passes.length };
}
