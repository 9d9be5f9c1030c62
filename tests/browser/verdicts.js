// One line a check: ok or FAILED, its name, and the numbers behind it.

export class Verdicts {
  failed = [];

  /** Quiet ones only remember. */
  constructor({ quiet = false } = {}) {
    this.quiet = quiet;
  }

  /** Records that what `name` says is so, or that it is not; `numbers` are told either way. */
  say(name, good, numbers) {
    if (!good) this.failed.push(name);
    if (!this.quiet) console.log(`${good ? "ok    " : "FAILED"}  ${name}: ${numbers}`);
  }

  /** Records a check that is passed if `faults` is empty; the first few of them are told. */
  none(name, faults, numbers) {
    const more = faults.length > 3 ? `; ${faults.length - 3} more` : "";
    this.say(name, faults.length === 0, [numbers, ...faults.slice(0, 3)].join("; ") + more);
  }

  /** Ends the program. */
  exit() {
    if (this.failed.length > 0) console.log(`${this.failed.length} FAILED`);
    process.exitCode = this.failed.length > 0 ? 1 : 0;
  }
}
