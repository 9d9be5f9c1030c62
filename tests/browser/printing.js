// A page as it is printed, read back by poppler.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What `pdftotext` with these options says of the page printed on A4. */
export async function printed(page, ...options) {
  const folder = mkdtempSync(join(tmpdir(), "thrombo-printed-"));
  try {
    const file = join(folder, "report.pdf");
    writeFileSync(file, await page.pdf({ format: "A4", preferCSSPageSize: true, printBackground: true }));
    return execFileSync("pdftotext", [...options, file, "-"], { encoding: "utf8", maxBuffer: 1 << 28 });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
