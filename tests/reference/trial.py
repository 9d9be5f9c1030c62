"""L-PLUS 2 with virtual patients, simulated independently of the program.

    python trial.py            rewrites trial.csv (numpy and scipy; a few minutes)
    python trial.py --quick    a tenth of the patients, printed only

The protocol is that of scenarios/l_plus_2.toml, the patients those of
parameters/patients_start.toml in variant B, the equations those of
docs/model.md; nothing is read from these files and no code is shared. Random
numbers are numpy's. All patients of an arm go through Runge-Kutta's classical
method side by side, in steps of 1/40 day; the drug comes in as a sum over the
doses taken of one response to one dose, computed once by a matrix exponential,
because patients differ in the bioavailability alone.

Times are in elapsed days: visit day d lies at d - 1. Counts are in 10^9/L.
"""

import csv
import sys
from pathlib import Path

import numpy as np
from scipy.linalg import expm
from scipy.stats import norm

PER_ARM = 200_000
SEED = 20190101
STEPS_PER_DAY = 40
LAST_DAY = 35

# Katsube 2019, per hour; 3 mg tablets.
KA, LAG, F1, CL, V2 = 0.218, 0.193, 0.843, 0.874, 12.2
Q3, V3, Q4, V4 = 0.872, 9.04, 0.0265, 3.48
DOSE_MG, DOSES = 3.0, 7
# The mechanistic model, variant B, per day.
KC, OMEGA_KC = 150.0, 1.3
TMK, OMEGA_TMK = 4.5, 0.2
TP, OMEGA_TP = 6.0, 0.25
OMEGA_F1 = 0.35
PLT0, SD_PLT0, RANGE_PLT0 = 39.2, 7.5, (5.0, 100.0)
EMAX, LAMBDA, W, KTPO, TAUN = 4.52, 0.2, 0.8, 1.16, 0.5
FS, BV, GIVEN = 0.79, 5.0, 300.0
S0 = 1.0 / (EMAX - 1.0)  # the signal at which the drive is 1, no floor
# The protocol.
VISITS = np.array([1, 5, 6, 7, 8, 10, 12, 14, 17, 21, 28, 35])
RULE_DAYS = (5, 6, 7)
LEVEL, RISE, HIGH = 50.0, 20.0, 200.0
ASSAY_SHARE, ASSAY_SD = 0.15, 2.5


def concentration_of_one_dose(days):
    """ng/mL at whole multiples of half a step after a dose at time 0."""
    half = 24.0 / (2 * STEPS_PER_DAY)
    rates = np.array([
        [-KA, 0.0, 0.0, 0.0],
        [KA, -(CL + Q3 + Q4) / V2, Q3 / V3, Q4 / V4],
        [0.0, Q3 / V2, -Q3 / V3, 0.0],
        [0.0, Q4 / V2, 0.0, -Q4 / V4],
    ])
    count = int(days * 2 * STEPS_PER_DAY) + 1
    found = np.zeros(count)
    start = np.array([DOSE_MG * F1, 0.0, 0.0, 0.0])
    first = int(np.ceil(LAG / half))
    amounts, step = expm(rates * (first * half - LAG)) @ start, expm(rates * half)
    for i in range(first, count):
        found[i] = 1000.0 * amounts[1] / V2
        amounts = step @ amounts
    return found


def measured(count, rng):
    noise = 1.0 + ASSAY_SHARE * rng.standard_normal(count.shape)
    return np.maximum(count * noise + ASSAY_SD * rng.standard_normal(count.shape), 0.0)


def candidates(n, rng):
    """Patients whose screening count lets them in."""
    low, high = norm.cdf((np.array(RANGE_PLT0) - PLT0) / SD_PLT0)
    kept, found = [], 0
    while found < n:
        plt0 = PLT0 + SD_PLT0 * norm.ppf(rng.uniform(low, high, 2 * n))
        plt0 = plt0[measured(plt0, rng) < LEVEL]
        kept.append(plt0)
        found += plt0.size
    plt0 = np.concatenate(kept)[:n]
    spread = lambda typical, omega: typical * np.exp(omega * rng.standard_normal(n))
    return dict(plt0=plt0, kc=spread(KC, OMEGA_KC), tmk=spread(TMK, OMEGA_TMK),
                tp=spread(TP, OMEGA_TP), f1=spread(1.0, OMEGA_F1))


def rates(y, conc, p):
    """Thrombopoietin, progenitors, four megakaryocyte stages, platelets; relative."""
    tpo, prog, mk, plt = y[0], y[1], y[2:6], y[6]
    km = 4.0 / p["tmk"]
    mass = W * plt + (1.0 - W) * mk.sum(axis=0) * km / 4.0
    signal = tpo * S0 + conc / p["kc"]
    drive = signal / (1.0 + signal) / (S0 / (1.0 + S0))
    found = np.empty_like(y)
    found[0] = KTPO * (1.0 - tpo * ((1.0 - LAMBDA) + LAMBDA * mass))
    found[1] = (drive - prog) / TAUN
    found[2] = prog - km * mk[0]
    found[3:6] = km * (mk[:3] - mk[1:])
    found[6] = (km * mk[3] - plt) / p["tp"]
    return found


def simulate(n, drug, same_day, rng):
    """One arm: what was measured, who was treated how.

    `same_day`: whether a count of the procedure's own day may decide.
    """
    p = candidates(n, rng)
    y = np.ones((7, n))
    y[2:6] = p["tmk"] / 4.0
    one = concentration_of_one_dose(LAST_DAY)
    taken = np.full((DOSES, n), bool(drug))
    procedure = rng.integers(9, 15, n)
    from_8 = VISITS[VISITS >= 8]
    latest = 0 if same_day else 1
    pre_day = np.array([from_8[from_8 <= d - latest].max() for d in range(9, 15)])
    assert (np.arange(9, 15) - pre_day <= 2).all()
    pre_day = pre_day[procedure - 9]
    # Halfway between the morning of the count and noon of the procedure, in steps.
    transfusion_at = np.rint(0.5 * ((pre_day - 1) + (procedure - 0.5)) * STEPS_PER_DAY).astype(int)
    counts = np.empty((VISITS.size, n))
    stopped = np.zeros(n, bool)
    transfused = np.zeros(n, bool)
    true_maximum = p["plt0"].copy()
    h = 1.0 / STEPS_PER_DAY
    for step in range((LAST_DAY - 1) * STEPS_PER_DAY + 1):
        true_maximum = np.where((step <= transfusion_at) | ~transfused,
                                np.maximum(true_maximum, p["plt0"] * y[6]), true_maximum)
        day = step // STEPS_PER_DAY + 1
        if step % STEPS_PER_DAY == 0 and day in VISITS:
            visit = int(np.flatnonzero(VISITS == day)[0])
            counts[visit] = measured(p["plt0"] * y[6], rng)
            if drug and day in RULE_DAYS:
                met = (counts[visit] >= LEVEL) & (counts[visit] - counts[0] >= RISE) & ~stopped
                stopped |= met
                taken[day - 1:, met] = False
            transfused |= (pre_day == day) & (counts[visit] < LEVEL)
        now = transfused & (transfusion_at == step)
        y[6, now] += GIVEN * (1.0 - FS) / (BV * p["plt0"][now])

        def conc(half):
            """Half steps after the start of this one."""
            total = np.zeros(n)
            for k in range(DOSES):
                since = 2 * (step - k * STEPS_PER_DAY) + half
                if since >= 0:
                    total += taken[k] * one[since]
            return total * p["f1"]

        start, middle, end = (conc(i) for i in range(3)) if drug else (0.0, 0.0, 0.0)
        k1 = rates(y, start, p)
        k2 = rates(y + 0.5 * h * k1, middle, p)
        k3 = rates(y + 0.5 * h * k2, middle, p)
        k4 = rates(y + h * k3, end, p)
        y += h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
    return dict(counts=counts, transfused=transfused, stopped=stopped, pre_day=pre_day,
                doses=taken.sum(axis=0), true_maximum=true_maximum)


def days_above(counts, last):
    """Days at or above the level by straight lines, visits after `last` left out."""
    total = np.zeros(counts.shape[1])
    for i in range(VISITS.size - 1):
        a, b = counts[i], counts[i + 1]
        high, low = np.maximum(a, b), np.minimum(a, b)
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.where(low >= LEVEL, 1.0,
                             np.where(high < LEVEL, 0.0, (high - LEVEL) / (high - low)))
        total += np.where(VISITS[i + 1] <= last, share, 0.0) * (VISITS[i + 1] - VISITS[i])
    return total


def mean_row(x):
    return x.mean(), x.std(ddof=1) / np.sqrt(x.size), x.size


def sd_row(x):
    d = x - x.mean()
    variance = (d**2).mean()
    error = np.sqrt(((d**4).mean() - variance**2) / x.size) / (2.0 * np.sqrt(variance))
    return x.std(ddof=1), error, x.size


def median_row(x):
    """The standard error from the order statistics one standard error of rank away."""
    x = np.sort(x)
    half = 0.5 * np.sqrt(x.size)
    low, high = x[int(x.size / 2 - half)], x[int(x.size / 2 + half)]
    return np.median(x), (high - low) / 2.0, x.size


def share_row(x):
    p = x.mean()
    return p, np.sqrt(p * (1.0 - p) / x.size), x.size


def table(arm, rule, trial):
    counts, transfused = trial["counts"], trial["transfused"]
    # A transfusion comes after the count of pre_day and before the next visit.
    last = np.where(transfused, trial["pre_day"], LAST_DAY)
    own = np.where(VISITS[1:, None] <= last, counts[1:], -1.0)
    maximum, day = own.max(axis=0), VISITS[1:][own.argmax(axis=0)]
    responder = ((own >= LEVEL) & (own - counts[0] >= RISE)).any(axis=0)
    days = days_above(counts, last)
    with_transfusion = days_above(counts, np.full(last.size, LAST_DAY))
    rows = []

    def add(form, of, subset, who, x):
        make = dict(proportion=share_row, mean=mean_row, sd=sd_row, median=median_row)[form]
        value, error, n = make(np.asarray(x, float)[who])
        rows.append((rule, arm, subset, form, of, f"{value:.6g}", f"{error:.3g}", n))

    everyone = np.ones(transfused.size, bool)
    for of, x in [("no_transfusion", ~transfused), ("responder", responder),
                  ("at_least_level", maximum >= LEVEL), ("doubled", maximum >= 2 * counts[0]),
                  ("rose_by_half", maximum >= 1.5 * counts[0]), ("above_high_level", maximum > HIGH),
                  ("true_at_least_level", trial["true_maximum"] >= LEVEL),
                  ("stopped", trial["stopped"])]:
        add("proportion", of, "all", everyone, x)
    add("mean", "baseline", "all", everyone, counts[0])
    add("sd", "baseline", "all", everyone, counts[0])
    add("mean", "doses", "all", everyone, trial["doses"])
    for subset, who in [("all", everyone), ("no_transfusion", ~transfused)]:
        add("mean", "maximum", subset, who, maximum)
        add("sd", "maximum", subset, who, maximum)
        add("mean", "true_maximum", subset, who, trial["true_maximum"])
        add("mean", "maximum_day", subset, who, day)
        add("median", "days_at_least_level", subset, who, days)
        add("mean", "days_at_least_level", subset, who, days)
    add("mean", "days_at_least_level_with_transfusion", "transfused", transfused, with_transfusion)
    return rows


def main():
    quick = "--quick" in sys.argv
    rng = np.random.default_rng(SEED)
    rows = []
    for rule, same_day in [("allowed", True), ("not allowed", False)]:
        for arm, drug in [("lusutrombopag", True), ("placebo", False)]:
            n = PER_ARM // 10 if quick else PER_ARM
            rows += table(arm, rule, simulate(n, drug, same_day, rng))
    header = ("count_same_day", "arm", "subset", "form", "of", "value", "standard_error", "n")
    if quick:
        for row in [header, *rows]:
            print(*row)
        return
    with open(Path(__file__).with_name("trial.csv"), "w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


if __name__ == "__main__":
    main()
