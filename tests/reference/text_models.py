#!/usr/bin/env python3
"""Independent solutions for the models that exist as text only.

The equations of three published models, written by hand from their papers'
equations, without reading the texts in ``models/``.  The script writes one
CSV per case (every 6 h over 40 days) and ``text_models.csv``: every value
that the texts and the documentation quote as computed, beside its value here.
It shares no code with the program that is tested against these files.

    python text_models.py            rewrite the CSV files (about two minutes)
    python text_models.py --check    also compare with a second solver

Made with Python 3.11.7, numpy 2.4.6, scipy 1.17.1 (nothing else is needed).

Models
    petrov   romiplostim in immune thrombocytopenia, four groups;
             Petrov et al. 2024, doi 10.1002/cpdd.1494
    panetta  palbociclib and platelets in children with brain tumours;
             Panetta et al. 2024, doi 10.3390/pharmaceutics16121528
    liu      avatrombopag, pharmacokinetics only;
             Liu et al. 2025, doi 10.3390/ph18060903

The templates of ``examples/models`` and the model of the tutorial are solved
as well.  The models that are also written in Rust have their solutions in
``reference.py``, whose functions give their quoted values here.

Conventions
    Time is in hours from the first dose; a lag is added to the dose time.  A
    sample at the time of a dose is taken before it.  Every right-hand side
    returns derivatives per hour.
"""

import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Callable

import numpy as np
from scipy.integrate import solve_ivp
from scipy.linalg import expm
from scipy.optimize import brentq
from scipy.stats import norm

import reference

HERE = Path(__file__).resolve().parent
GRID = np.arange(0.0, 961.0, 6.0)
DAY = 24.0
WEEK = 168.0
RTOL = 1e-12
ATOL_FACTOR = 1e-14     # absolute tolerance = this factor x scale of the state


@dataclass
class Case:
    """One subject with doses, ready to integrate.

    ``doses`` is a list of (hour, amount) into state 0.  An output is a pair
    (state, factor): its value is the factor times the state.
    """

    name: str
    title: str
    rhs: Callable
    y0: np.ndarray
    doses: list
    scale: np.ndarray
    outputs: dict
    max_step: float = 1.0


# --------------------------------------------------------------------------
# Petrov 2024
# --------------------------------------------------------------------------

# group: production 10^9/L/h, loss 1/h, CV of the loss
PETROV = {
    "not_splenectomised_1": (4.3, 0.20, 0.50),
    "not_splenectomised_2": (1.7, 0.08, 0.50),
    "splenectomised_1": (4.3, 0.26, 0.70),
    "splenectomised_2": (1.7, 0.10, 0.70),
}


def petrov(group="not_splenectomised_1", ug_per_kg=3.0, hours=(0.0,), kg=77.0,
           antibodies=0, ktr=0.02, name=""):
    """Depot and serum (ug), four precursors and platelets (10^9/L)."""
    kin, kdeg, _ = PETROV[group]
    ka, emax, ec50 = 0.02, 9.0, 0.042                      # ec50 in ng/mL
    volume = 2565.0 * (kg / 77.0) ** 1.04
    kel = 0.03 * np.exp(0.25 * antibodies)

    def rhs(t, y):
        depot, serum, p1, p2, p3, p4, plt = y
        conc = serum / volume                              # ug/L = ng/mL
        made = kin * (1.0 + emax * conc / (ec50 + conc))
        return np.array([
            -ka * depot,
            ka * depot - kel * serum,
            made - ktr * p1,
            ktr * (p1 - p2),
            ktr * (p2 - p3),
            ktr * (p3 - p4),
            ktr * p4 - kdeg * plt,
        ])

    y0 = np.array([0.0, 0.0] + [kin / ktr] * 4 + [kin / kdeg])
    dose = ug_per_kg * kg
    scale = np.array([max(dose, 1.0)] * 2 + list(y0[2:]))
    return Case(name or f"petrov_2024_{group}_{ug_per_kg:g}ug_kg",
                f"Petrov 2024, romiplostim in ITP, {group}", rhs, y0,
                [(t, dose) for t in hours], scale,
                {"conc_ng_ml": (1, 1.0 / volume), "plt_1e9_l": (6, 1.0)}, 2.0)


# --------------------------------------------------------------------------
# Panetta 2024
# --------------------------------------------------------------------------

PALBOCICLIB_G_PER_MOL = 447.54
AS_PRINTED = 559.14 * PALBOCICLIB_G_PER_MOL / 1000         # ng/mL


def panetta_rates(kin=0.93, kb=0.52, plt0=267.40):
    """kin, kb, the count of half-largest growth, the baseline; per day."""
    f = kb / kin
    return kin, kb, f / (1.0 - f) * plt0, plt0


def panetta(mg_per_m2=75.0, ic50=559.14, courses=1, ast=25.0, name="",
            kin=0.93, kb=0.52):
    """Depot and plasma (mg/m^2), proliferating cells, three stages, count."""
    kin, kb, km, plt0 = panetta_rates(kin, kb)
    kout, ka, lag, volume = 4.80, 0.46, 0.8, 653.0
    clearance = 36.5 * (ast / 25.0) ** -0.3

    def rhs(t, y):
        depot, plasma, b, t1, t2, t3, plt = y
        conc = 1000.0 * plasma / volume
        growth = kin * km / (km + plt) * ic50 / (ic50 + conc)
        return np.array([
            -ka * depot,
            ka * depot - clearance / volume * plasma,
            (growth - kb) * b / DAY,
            kb * (b - t1) / DAY,
            kb * (t1 - t2) / DAY,
            kb * (t2 - t3) / DAY,
            (kb * t3 - kout * plt) / DAY,
        ])

    cells = kout * plt0 / kb
    y0 = np.array([0.0, 0.0] + [cells] * 4 + [plt0])
    hours = [DAY * (28 * c + k) + lag for c in range(courses)
             for k in range(21)]
    return Case(name, "Panetta 2024, palbociclib and platelets", rhs, y0,
                [(t, mg_per_m2) for t in hours],
                np.array([max(mg_per_m2, 1.0)] * 2 + list(y0[2:])),
                {"conc_ng_ml": (1, 1000.0 / volume), "plt_1e9_l": (6, 1.0)})


# --------------------------------------------------------------------------
# Liu 2025
# --------------------------------------------------------------------------

LIU_CL, LIU_V, LIU_KA, LIU_MTT = 7.85, 199.0, 0.582, 1.33


def liu_absorbed(fed, hom):
    """Share of the dose absorbed, relative to fasting TC."""
    return 1.0 - 0.0653 * fed - 0.272 * hom + 0.177 * fed * hom


def liu(mg=20.0, fed=0, hom=0, hours=(0.0,), name=""):
    """Nine transit stages, depot, plasma (mg), area (ng h/mL)."""
    k = 9.0 / LIU_MTT

    def rhs(t, y):
        d = np.empty(12)
        d[0] = -k * y[0]
        d[1:9] = k * (y[0:8] - y[1:9])
        d[9] = k * y[8] - LIU_KA * y[9]
        d[10] = LIU_KA * y[9] - LIU_CL / LIU_V * y[10]
        d[11] = 1000.0 * y[10] / LIU_V
        return d

    dose = mg * liu_absorbed(fed, hom)
    return Case(name, "Liu 2025, avatrombopag, pharmacokinetics", rhs,
                np.zeros(12), [(t, dose) for t in hours],
                np.array([dose] * 11 + [1000.0]),
                {"conc_ng_ml": (10, 1000.0 / LIU_V),
                 "auc_ng_h_ml": (11, 1.0)}, 0.5)


# --------------------------------------------------------------------------
# The templates of examples/models and the model of the tutorial
# --------------------------------------------------------------------------

def turnover(stages=0, kout=0.01, ec50=80.0, hours=None):
    """Depot, central (mg), precursors and count (10^9/L)."""
    ka, cl, vc, emax, ktr, plt0 = 0.5, 1.2, 15.0, 2.0, 0.03, 40.0
    kin = kout * plt0

    def rhs(t, y):
        conc = 1000.0 * y[1] / vc
        made = kin * (1.0 + emax * conc / (ec50 + conc))
        d = np.empty(3 + stages)
        d[0] = -ka * y[0]
        d[1] = ka * y[0] - cl / vc * y[1]
        for i in range(stages):
            d[2 + i] = made - ktr * y[2 + i]
            made = ktr * y[2 + i]
        d[-1] = made - kout * y[-1]
        return d

    y0 = np.array([0.0, 0.0] + [kin / ktr] * stages + [plt0])
    hours = hours or [DAY * k for k in range(7)]
    return Case("turnover", "indirect response", rhs, y0,
                [(t, 3.0) for t in hours],
                np.array([3.0, 3.0] + list(y0[2:])),
                {"conc_ng_ml": (1, 1000.0 / vc),
                 "plt_1e9_l": (2 + stages, 1.0)})


def transit_absorption(route):
    """Five transit stages, depot, central, peripheral (mg), area."""
    k, ka, cl, vc, q, vp = 5 / 1.5, 0.9, 2.0, 20.0, 1.5, 35.0
    inflow = 10.0 / 0.5 if route == "iv" else 0.0

    def rhs(t, y):
        d = np.empty(9)
        d[0] = -k * y[0]
        d[1:5] = k * (y[0:4] - y[1:5])
        d[5] = k * y[4] - ka * y[5]
        c, cp = y[6] / vc, y[7] / vp
        d[6] = ka * y[5] - cl * c - q * (c - cp) + inflow * (t < 0.5)
        d[7] = q * (c - cp)
        d[8] = 1000.0 * c
        return d

    doses = [(0.0, 8.0)] if route == "oral" else [(0.5, 0.0)]
    return Case("transit_absorption", route, rhs, np.zeros(9), doses,
                np.array([10.0] * 8 + [1000.0]),
                {"conc_ng_ml": (6, 1000.0 / vc), "auc_ng_h_ml": (8, 1.0)},
                0.5)


def tmdd(route):
    """Depot, central, peripheral (nmol), target, complex (nM)."""
    mw, f1, ka, cl, vc, q, vp = 150.0, 0.6, 0.25, 0.2, 3.0, 0.4, 2.5
    kon, koff, kint, kdeg, r0 = 10.0, 1.0, 0.3, 0.8, 2.0

    def rhs(t, y):
        depot, a, p, r, rc = y
        c, cp = a / vc, p / vp
        bind = kon * c * r - koff * rc
        return np.array([
            -ka * depot,
            ka * depot - cl * c - q * (c - cp) - bind * vc,
            q * (c - cp),
            kdeg * r0 - kdeg * r - bind,
            bind - kint * rc,
        ]) / DAY

    y0 = np.array([0.0, 0.0, 0.0, r0, 0.0])
    nmol = 100.0 / mw * 1000.0
    doses = []
    if route == "iv":
        y0[1] = nmol
    else:
        doses = [(0.0, nmol * f1)]
    return Case("tmdd", route, rhs, y0, doses,
                np.array([nmol] * 3 + [r0, r0]),
                {"conc_ug_ml": (1, mw / vc / 1000.0), "target": (3, 1.0 / r0)},
                0.05)


# --------------------------------------------------------------------------
# Integration
# --------------------------------------------------------------------------

class Solution:
    """The solution of a case, in smooth pieces between doses and samples."""

    def __init__(self, case, end, samples=(), method="DOP853", rtol=RTOL,
                 atol_factor=ATOL_FACTOR):
        self.case, self.pieces, self.rows = case, [], []
        samples = [float(t) for t in samples]
        at = {}
        for t, amount in case.doses:
            at[t] = at.get(t, 0.0) + amount
        points = sorted({0.0, float(end), *samples,
                         *(t for t in at if t <= end)})
        wanted, y = set(samples), case.y0.copy()
        for a, b in zip(points, points[1:] + [None]):
            if a in wanted:
                self.rows.append(y.copy())
            if a in at:
                y = y.copy()
                y[0] += at[a]
            if b is None:
                break
            step = case.max_step if method == "DOP853" else np.inf

            def inside(t, y, a=a, b=b):      # an inflow that ends at b
                return case.rhs(min(max(t, a + 1e-9), b - 1e-9), y)

            piece = solve_ivp(inside, (a, b), y, method=method, rtol=rtol,
                              atol=atol_factor * case.scale, max_step=step,
                              dense_output=True)
            if not piece.success:
                raise RuntimeError(f"{case.name}: {piece.message}")
            self.pieces.append((a, b, piece))
            y = piece.y[:, -1]

    def at(self, hour, output="plt_1e9_l"):
        """An output at a time, before any dose there."""
        state, factor = self.case.outputs[output]
        for a, b, piece in self.pieces:
            if a < hour <= b or hour == a == 0.0:
                return factor * piece.sol(hour)[state]
        raise ValueError(hour)

    def turning_points(self, output, first=0.0, last=np.inf):
        """(hour, value) of ends and turning points of an output."""
        state, factor = self.case.outputs[output]
        found = []
        for a, b, piece in self.pieces:
            if b <= first or a >= last:
                continue

            def slope(t, piece=piece):
                return self.case.rhs(t, piece.sol(t))[state]

            nodes = [t for t in piece.t if first <= t <= last]
            nodes = sorted({max(a, first), min(b, last), *nodes})
            slopes = [slope(t) for t in nodes]
            for t in (nodes[0], nodes[-1]):
                found.append((t, factor * piece.sol(t)[state]))
            for i in range(len(nodes) - 1):
                if slopes[i] * slopes[i + 1] < 0:
                    t = brentq(slope, nodes[i], nodes[i + 1], xtol=1e-10)
                    found.append((t, factor * piece.sol(t)[state]))
        return found

    def maximum(self, output="plt_1e9_l", first=0.0, last=np.inf):
        """Largest value and its hour."""
        t, v = max(self.turning_points(output, first, last),
                   key=lambda point: point[1])
        return v, t

    def minimum(self, output="plt_1e9_l", first=0.0, last=np.inf):
        """Smallest value and its hour."""
        t, v = min(self.turning_points(output, first, last),
                   key=lambda point: point[1])
        return v, t

    def crossing(self, level, first, output="plt_1e9_l"):
        """First hour after ``first`` at which the output passes a level."""
        state, factor = self.case.outputs[output]
        for a, b, piece in self.pieces:
            nodes = [t for t in piece.t if t >= first]
            values = [factor * piece.sol(t)[state] - level for t in nodes]
            for i in range(len(nodes) - 1):
                if values[i] * values[i + 1] <= 0 and values[i] != 0:
                    return brentq(
                        lambda t: factor * piece.sol(t)[state] - level,
                        nodes[i], nodes[i + 1], xtol=1e-10)
        raise ValueError(f"{self.case.name}: level {level} is not crossed")

    def mean(self, output, first, last):
        """Mean of an output between two hours."""
        state, factor = self.case.outputs[output]
        return self.mean_of(lambda y: factor * y[state], first, last)

    def mean_of(self, function, first, last):
        """Mean of a function of the state, by Gauss's rule in each step."""
        x, w = np.polynomial.legendre.leggauss(8)
        total = 0.0
        for a, b, piece in self.pieces:
            inside = [t for t in piece.t if first < t < last]
            nodes = sorted({min(max(a, first), last), min(max(b, first), last),
                            *inside})
            for lo, hi in zip(nodes, nodes[1:]):
                half = 0.5 * (hi - lo)
                t = lo + half * (1 + x)
                total += half * np.dot(w, [function(piece.sol(s)) for s in t])
        return total / (last - first)


# --------------------------------------------------------------------------
# Quoted values
# --------------------------------------------------------------------------

class Table:
    """Quoted values beside those of this script."""

    def __init__(self):
        self.rows = []

    def add(self, model, what, unit, printed, computed):
        """``printed`` is a text, so that its digits count."""
        digits = len(printed.split(".")[1]) if "." in printed else 0
        text = f"{computed:.{digits}f}"
        if float(text) == 0.0:
            text = text.lstrip("-")
        self.rows.append((model, what, unit, printed, f"{computed:.10g}",
                          "yes" if text == printed else "NO"))
        if text != printed:
            print("NOT REACHED:", *self.rows[-1], flush=True)

    def write(self, path):
        """One row per value."""
        with open(path, "w", newline="\n") as handle:
            handle.write("model,quantity,unit,quoted,computed,"
                         "agrees_in_the_digits_quoted\n")
            for row in self.rows:
                handle.write(",".join(row) + "\n")


def petrov_values(table):
    """Single doses, weekly doses, and the spread of drug-free counts."""
    groups = list(PETROV)
    add = partial(table.add, "petrov_2024")
    for group, printed in zip(groups, ("21.5", "21.25", "16.54", "17.0")):
        kin, kdeg, _ = PETROV[group]
        add(f"drug-free count; {group}", "10^9/L", printed, kin / kdeg)
    for cv, printed in zip((0.30, 0.35, 0.73, 0.15, 0.11, 0.14, 0.50, 0.70),
                           ("0.0862", "0.1156", "0.4272", "0.0223", "0.0120",
                            "0.0194", "0.2231", "0.3988")):
        add(f"w^2 of a CV of {cv:g}", "1", printed, np.log(1 + cv ** 2))
    add("w of EC50", "1", "0.654", np.sqrt(np.log(1 + 0.73 ** 2)))
    add("factor of antibodies on kel", "1", "1.284", np.exp(0.25))

    single = {
        1: (("36.27", "10.13", "24.14"), ("35.76", "10.46", "24.49"),
            ("27.91", "10.08", "24.09"), ("28.64", "10.35", "24.37")),
        3: (("56.84", "10.35", "27.42"), ("55.98", "10.68", "27.77"),
            ("43.74", "10.30", "27.37"), ("44.85", "10.57", "27.65")),
        10: (("92.65", "10.86", "30.53"), ("91.22", "11.19", "30.88"),
             ("71.29", "10.81", "30.48"), ("73.10", "11.08", "30.76")),
    }
    cmax = {1: "8.895", 3: "26.684", 10: "88.947"}
    for dose, by_group in single.items():
        for group, (peak, day, back) in zip(groups, by_group):
            s = Solution(petrov(group, dose), 40 * DAY)
            v, t = s.maximum()
            plt0 = s.case.y0[6]
            label = f"{dose} ug/kg once; {group}"
            add(f"peak count; {label}", "10^9/L", peak, v)
            add(f"day of the peak; {label}", "d", day, t / DAY)
            add(f"day back within 5 %; {label}", "d", back,
                s.crossing(1.05 * plt0, t) / DAY)
        c, t = s.maximum("conc_ng_ml")
        add(f"Cmax; {dose} ug/kg once", "pg/mL", cmax[dose], 1000 * c)
        add(f"hour of Cmax; {dose} ug/kg once", "h", "40.55", t)

    weekly = (
        ("not_splenectomised_1", 1, "44.41", "45.62", "45.009"),
        ("not_splenectomised_1", 3, "75.59", "77.97", "76.765"),
        ("not_splenectomised_1", 5, "96.26", "99.10", "97.654"),
        ("not_splenectomised_1", 10, "127.30", "130.31", "128.775"),
        ("splenectomised_1", 1, "34.16", "35.10", None),
        ("splenectomised_1", 3, "58.14", "59.99", None),
        ("splenectomised_1", 5, "74.04", "76.24", None),
        ("splenectomised_1", 10, "97.92", "100.25", None),
    )
    for group, dose, low, high, mean in weekly:
        s = Solution(petrov(group, dose, [WEEK * k for k in range(26)]),
                     26 * WEEK)
        first, last = 25 * WEEK, 26 * WEEK
        label = f"{dose} ug/kg weekly x26, last week; {group}"
        add(f"lowest count; {label}", "10^9/L", low,
            s.minimum(first=first, last=last)[0])
        add(f"highest count; {label}", "10^9/L", high,
            s.maximum(first=first, last=last)[0])
        if mean:
            found = s.mean("plt_1e9_l", first, last)
            volume = 1.0 / s.case.outputs["conc_ng_ml"][1]

            def stimulated(y):
                c = y[1] / volume
                return 1.0 + 9.0 * c / (0.042 + c)

            add(f"mean count; {label}", "10^9/L", mean, found)
            add(f"mean count over that of the mean stimulation less 1; {label}",
                "1", "0.0000",
                found / (s.case.y0[6]
                         * s.mean_of(stimulated, first, last)) - 1)
        if dose == 3 and mean:
            add(f"mean concentration; {label}", "pg/mL", "17.869",
                1000 * s.mean("conc_ng_ml", first, last))
            add("dose/(V kel 168 h); 3 ug/kg", "pg/mL", "17.869",
                1000 * 3 * 77 / (2565 * 0.03 * 168))

    v, t = Solution(petrov(antibodies=1), 40 * DAY).maximum()
    add("peak count; 3 ug/kg once with antibodies", "10^9/L", "50.93", v)
    add("day of the peak; 3 ug/kg once with antibodies", "d", "9.98", t / DAY)
    for kg, printed in ((60, "57.09"), (100, "56.58")):
        add(f"peak count; 3 ug/kg once at {kg} kg", "10^9/L", printed,
            Solution(petrov(kg=kg), 40 * DAY).maximum()[0])
    for ktr, peak, day in ((0.015, "50.2", "12.6"), (0.025, "62.3", "9.0")):
        v, t = Solution(petrov(ktr=ktr), 40 * DAY).maximum()
        add(f"peak count; 3 ug/kg once at ktr {ktr}", "10^9/L", peak, v)
        add(f"day of the peak; 3 ug/kg once at ktr {ktr}", "d", day, t / DAY)
    s = Solution(petrov(ug_per_kg=0.0), 40 * DAY, GRID)
    drift = max(abs(row[6] / s.case.y0[6] - 1) for row in s.rows)
    add("largest relative drift without drug", "1", "0.0000", drift)
    spread_values(add)


def spread_values(add):
    """The count kin/kdeg of many patients: log-normal, in closed form."""
    printed = {
        "not_splenectomised_1": ("24.3", "52", "18.5", "32"),
        "not_splenectomised_2": ("24.0", "52", "18.4", "32"),
        "splenectomised_1": ("20.4", "72", "15.1", "44"),
        "splenectomised_2": ("21.0", "72", "15.3", "44"),
    }
    for group, (mean, cv, mean30, cv30) in printed.items():
        kin, kdeg, cv_kdeg = PETROV[group]
        w = np.sqrt(np.log(1 + 0.14 ** 2) + np.log(1 + cv_kdeg ** 2))
        mu = np.log(kin / kdeg)
        all_ = [np.exp(k * mu + 0.5 * (k * w) ** 2) for k in (1, 2)]
        z = (np.log(30.0) - mu) / w
        low = [all_[k - 1] * norm.cdf(z - k * w) / norm.cdf(z) for k in (1, 2)]
        for label, (m1, m2), m, c in ((group, all_, mean, cv),
                                      (f"{group} below 30", low, mean30, cv30)):
            add(f"mean drug-free count; {label}", "10^9/L", m, m1)
            add(f"CV of it; {label}", "%", c,
                100 * np.sqrt(m2 / m1 ** 2 - 1))


def panetta_values(table):
    """One course, six courses, and what follows in closed form."""
    add = partial(table.add, "panetta_2024")
    kin, kb, km, plt0 = panetta_rates()
    add("kb/kin", "1", "0.5591", kb / kin)
    add("count of half-largest growth", "10^9/L", "339.14", km)
    add("559.14 nM", "ng/mL", "250.24", AS_PRINTED)
    add("SD of logit kb/kin between subjects", "1", "0.1724",
        0.076 / (1 - kb / kin))
    add("SD of logit kb/kin between courses", "1", "0.1338",
        0.059 / (1 - kb / kin))

    one_course = {
        "50": (50, 559.14, "191.37", "18.25", "30.83", "304.28", "36.90",
               ("235.73", "258.04", "266.62"),
               ("57.21", "6.02", "80.77", "5.27", "32.26")),
        "75": (75, 559.14, "162.61", "18.84", "31.05", "323.69", "37.08",
               ("217.27", "252.50", "266.16"),
               ("85.81", "6.02", "121.16", "5.27", "48.40")),
        "95": (95, 559.14, "142.91", "19.35", "31.23", "339.18", "37.24",
               ("201.77", "247.76", "265.78"),
               ("108.69", "6.02", "153.47", "5.27", "61.30")),
        "75 as printed": (75, AS_PRINTED, "89.46", "21.45", "32.00", "390.53",
                          "37.94", ("144.87", "229.59", "264.33"), None),
    }
    for label, (dose, ic50, nadir, day, back, over, over_day, days,
                conc) in one_course.items():
        s = Solution(panetta(dose, ic50), 113 * DAY)
        v, t = s.minimum(last=28 * DAY)
        add(f"nadir; {label}", "10^9/L", nadir, v)
        add(f"day of the nadir; {label}", "d", day, t / DAY)
        add(f"day back at baseline; {label}", "d", back,
            s.crossing(plt0, t) / DAY)
        v, t = s.maximum()
        add(f"overshoot; {label}", "10^9/L", over, v)
        add(f"day of the overshoot; {label}", "d", over_day, t / DAY)
        for d, printed in zip((28, 56, 112), days):
            add(f"count on day {d}; {label}", "10^9/L", printed,
                s.at(d * DAY))
        if conc:
            c1, h1, c21, h21, low = conc
            v, t = s.maximum("conc_ng_ml", last=DAY)
            add(f"Cmax on day 1; {label}", "ng/mL", c1, v)
            add(f"hour of it; {label}", "h", h1, t)
            v, t = s.maximum("conc_ng_ml", first=20 * DAY, last=21 * DAY)
            add(f"Cmax after dose 21; {label}", "ng/mL", c21, v)
            add(f"hours after the dose; {label}", "h", h21, t - 20 * DAY)
            add(f"concentration before dose 21; {label}", "ng/mL", low,
                s.at(20 * DAY, "conc_ng_ml"))

    for dose, printed in ((50, "128"), (95, "67")):
        add(f"nadir; {dose} as printed", "10^9/L", printed,
            Solution(panetta(dose, AS_PRINTED), 28 * DAY).minimum()[0])

    s = Solution(panetta(courses=6), 168 * DAY)
    for c, printed in enumerate(("162.61", "156.44", "155.87", "156.05",
                                 "156.15", "156.17")):
        first = 28 * DAY * c
        add(f"nadir of course {c + 1} of six; 75", "10^9/L", printed,
            s.minimum(first=first, last=first + 28 * DAY)[0])

    slope = -km / (km + plt0) ** 2 * kin * (4.80 * plt0 / kb)
    matrix = np.array([
        [0, 0, 0, 0, slope], [kb, -kb, 0, 0, 0], [0, kb, -kb, 0, 0],
        [0, 0, kb, -kb, 0], [0, 0, 0, kb, -4.80]])
    slowest = max(np.linalg.eigvals(matrix), key=lambda z: (z.real, z.imag))
    add("eigenvalue without drug; real part", "1/d", "-0.0466", slowest.real)
    add("eigenvalue without drug; imaginary part", "1/d", "0.2224",
        abs(slowest.imag))
    add("period without drug", "d", "28.25", 2 * np.pi / abs(slowest.imag))
    mean = 1000 * 75 / 36.5 / 24
    add("mean concentration at 75 mg/m^2/d", "ng/mL", "85.616", mean)
    add("count at that constant concentration", "10^9/L", "186.86",
        km * (kin / kb * 559.14 / (559.14 + mean) - 1))
    add("concentration that empties the marrow", "ng/mL", "440.86",
        559.14 * (kin / kb - 1))
    add("half-life", "h", "12.40", np.log(2) * 653 / 36.5)
    add("marrow transit", "d", "7.69", 4 / kb)
    for ast, printed in ((10, "48.05"), (100, "24.08")):
        add(f"CL/F at AST {ast}", "L/h/m^2", printed,
            36.5 * (ast / 25) ** -0.3)
    nadirs = [Solution(panetta(kin=a, kb=b), 28 * DAY).minimum()[0]
              for a in (0.925, 0.935) for b in (0.515, 0.525)]
    add("lowest nadir within the rounding of kin and kb; 75", "10^9/L",
        "161.5", min(nadirs))
    add("highest nadir within the rounding of kin and kb; 75", "10^9/L",
        "163.7", max(nadirs))


def liu_values(table):
    """Single doses by food and genotype, and a course of five days."""
    add = partial(table.add, "liu_2025")
    cases = (("fasting TC", 0, 0, "1.0000", "82.44", "2547.8"),
             ("fasting CC or TT", 0, 1, "0.7280", "60.02", "1854.8"),
             ("fed TC", 1, 0, "0.9347", "77.06", "2381.4"),
             ("fed CC or TT", 1, 1, "0.8397", "69.23", "2139.4"))
    for label, fed, hom, share, cmax, auc in cases:
        s = Solution(liu(20, fed, hom), 30 * DAY)
        v, t = s.maximum("conc_ng_ml")
        add(f"share absorbed; {label}", "1", share, liu_absorbed(fed, hom))
        add(f"Cmax; 20 mg; {label}", "ng/mL", cmax, v)
        add(f"hour of it; 20 mg; {label}", "h", "6.36", t)
        add(f"AUC to infinity; 20 mg; {label}", "ng.h/mL", auc,
            1000 * 20 * liu_absorbed(fed, hom) / LIU_CL)
        add(f"AUC over 30 days; 20 mg; {label}", "ng.h/mL", auc,
            s.at(30 * DAY, "auc_ng_h_ml"))
    s = Solution(liu(40, hours=[DAY * k for k in range(5)]), 10 * DAY)
    v, t = s.maximum("conc_ng_ml", first=96.0)
    first = s.at(24.0, "auc_ng_h_ml")
    fifth = s.at(120.0, "auc_ng_h_ml") - s.at(96.0, "auc_ng_h_ml")
    add("Cmax after dose 5; 40 mg x5; fasting TC", "ng/mL", "276.58", v)
    add("hours after the dose; 40 mg x5; fasting TC", "h", "5.47", t - 96.0)
    add("AUC over 24 h after dose 5; 40 mg x5; fasting TC", "ng.h/mL",
        "5044.9", fifth)
    add("accumulation of the AUC; 40 mg x5; fasting TC", "1", "1.764",
        fifth / first)
    add("half-life", "h", "17.57", np.log(2) * LIU_V / LIU_CL)
    for label, hom, cmax, auc in (("TC", 0, "154", "4763"),
                                  ("CC or TT", 1, "138", "4279")):
        v, _ = Solution(liu(40, 1, hom), 2 * DAY).maximum("conc_ng_ml")
        add(f"Cmax; 40 mg; fed {label}", "ng/mL", cmax, v)
        add(f"AUC to infinity; 40 mg; fed {label}", "ng.h/mL", auc,
            1000 * 40 * liu_absorbed(1, hom) / LIU_CL)


def example_values(table):
    """The checks of the templates and of the tutorial."""
    s = Solution(turnover(), 40 * DAY)
    add = table.add
    add("turnover", "peak count; 3 mg x7", "10^9/L", "74.78", s.maximum()[0])
    add("turnover", "Cmax; 3 mg x7", "ng/mL", "170.37", s.maximum("conc_ng_ml")[0])

    s = Solution(transit_absorption("oral"), 29 * DAY)
    v, t = s.maximum("conc_ng_ml")
    add("transit_absorption", "Cmax; 10 mg oral", "ng/mL", "259.76", v)
    add("transit_absorption", "hour of it; 10 mg oral", "h", "4.05", t)
    add("transit_absorption", "AUC over 28 d; 10 mg oral", "ng.h/mL", "4000.0",
        s.at(28 * DAY, "auc_ng_h_ml"))
    s = Solution(transit_absorption("iv"), 29 * DAY)
    add("transit_absorption", "Cmax; 10 mg IV over 0.5 h", "ng/mL", "478.81",
        s.maximum("conc_ng_ml")[0])
    add("transit_absorption", "AUC over 28 d; 10 mg IV", "ng.h/mL", "5000.0",
        s.at(28 * DAY, "auc_ng_h_ml"))

    s = Solution(tmdd("iv"), 28 * DAY)
    add("tmdd", "concentration on day 14; 100 mg IV", "ug/mL", "7.669",
        s.at(14 * DAY, "conc_ug_ml"))
    add("tmdd", "lowest free target; 100 mg IV", "1", "0.00082",
        s.minimum("target")[0])
    s = Solution(tmdd("sc"), 28 * DAY)
    v, t = s.maximum("conc_ug_ml")
    add("tmdd", "Cmax; 100 mg SC", "ug/mL", "8.032", v)
    add("tmdd", "day of it; 100 mg SC", "d", "5.18", t / DAY)

    s = Solution(turnover(4, 0.007), 60 * DAY)
    v, t = s.maximum()
    add("own (tutorial)", "peak count; 3 mg x7", "10^9/L", "62.98", v)
    add("own (tutorial)", "day of the peak; 3 mg x7", "d", "12.07", t / DAY)


def reference_values(table):
    """Quoted values of the models that reference.py solves."""
    def run(model):
        return model, *reference.integrate(model)

    def peak(pieces, model, out):
        return reference.maximum(model, pieces, out)

    model, rows, pieces = run(reference.katsube("katsube_2019_3mg_x7"))
    add = partial(table.add, "katsube_2019")
    v, t = peak(pieces, model, model.plt)
    add("peak count; 3 mg x7", "10^9/L", "64.0", v)
    add("day of the peak; 3 mg x7", "d", "10.5", t / DAY)
    at = {hour: row for hour, row in zip(reference.GRID, rows)}
    add("count on visit day 8; 3 mg x7", "10^9/L", "55", model.plt(at[168.0]))
    add("count on visit day 21; 3 mg x7", "10^9/L", "46",
        model.plt(at[480.0]))
    add("days at 50 or above; 3 mg x7", "d", "11.9",
        reference.time_above(model, pieces, model.plt, 50.0)[2] / DAY)
    add("Cmax after dose 7; 3 mg x7", "ng/mL", "156",
        peak(pieces, model, model.conc)[0])
    add("AUC over 144 to 168 h; 3 mg x7", "ng.h/mL", "2848",
        at[168.0][-1] - at[144.0][-1])

    for preset, mg, n, factor, rise, day, label in (
            (reference.SHIMIZU_CLD, 3.0, 7, 0.813, "72.1", "13.08", "CLD"),
            (reference.SHIMIZU_HEALTHY, 2.0, 14, 0.857, "231.6", "16.6",
             "healthy")):
        model, rows, pieces = run(reference.shimizu(
            label, preset, mg, n, factor, full=False))
        v, t = peak(pieces, model, model.plt)
        table.add("shimizu_2021", f"largest rise; {label}", "10^9/L", rise,
                  v - preset["plt0"])
        table.add("shimizu_2021", f"day of it; {label}", "d", day, t / DAY)
    v, t = peak(pieces, model, lambda y: 1.0 / model.tpo(y))
    table.add("shimizu_2021", "lowest TPO; healthy", "pM", "0.65", 1.0 / v)
    table.add("shimizu_2021", "day of it; healthy", "d", "17", t / DAY)

    model, rows, pieces = run(reference.wang("wang", 10.0, "iv"))
    v, t = peak(pieces, model, model.plt)
    table.add("wang_2010", "peak count; 10 ug/kg IV", "10^9/L", "1372", v)
    table.add("wang_2010", "day of the peak; 10 ug/kg IV", "d", "13.25",
              t / DAY)


# --------------------------------------------------------------------------
# Files
# --------------------------------------------------------------------------

def all_cases():
    """The cases whose trajectories are written."""
    weekly = [WEEK * k for k in range(6)]
    daily = [DAY * k for k in range(5)]
    return [
        *(petrov(group, 3.0, name=f"petrov_2024_{group}_3ug_kg")
          for group in PETROV),
        petrov(ug_per_kg=1.0, hours=weekly, antibodies=1, kg=60.0,
               name="petrov_2024_antibodies_60kg_1ug_kg_weekly"),
        panetta(name="panetta_2024_75mg_m2_x21"),
        panetta(ic50=AS_PRINTED, name="panetta_2024_75mg_m2_x21_as_printed"),
        panetta(ast=100.0, name="panetta_2024_75mg_m2_x21_ast_100"),
        liu(name="liu_2025_20mg_fasting_tc"),
        liu(fed=1, hom=1, name="liu_2025_20mg_fed_cc_tt"),
        liu(40.0, hours=daily, name="liu_2025_40mg_x5"),
    ]


def columns(case, rows):
    """The output columns of a case."""
    return np.array([[factor * y[state]
                      for state, factor in case.outputs.values()]
                     for y in rows])


def write_case(case, solution):
    """Write <case>.csv."""
    with open(HERE / f"{case.name}.csv", "w", newline="\n") as handle:
        handle.write(f"# case: {case.name}\n# model: {case.title}\n")
        handle.write("# solver: scipy solve_ivp DOP853, restarted at every "
                     "dose and output time\n")
        handle.write(f"# tolerances: rtol {RTOL:g}, atol {ATOL_FACTOR:g} x "
                     "the scale of each state, "
                     f"step at most {case.max_step} h\n")
        handle.write("# samples at the time of a dose are taken before it\n")
        handle.write(",".join(["time_h", *case.outputs]) + "\n")
        for t, row in zip(GRID, columns(case, solution.rows)):
            handle.write(",".join(f"{v:.15g}" for v in (t, *row)) + "\n")


def cross_check(case, solution):
    """Largest difference from a second solver, relative to the maximum."""
    other = Solution(case, GRID[-1], GRID, "Radau", 1e-11, 1e-13)
    a, b = columns(case, solution.rows), columns(case, other.rows)
    worst = np.max(np.abs(a - b), axis=0) / np.max(np.abs(a), axis=0)
    print(f"    against Radau: {worst[0]:.1e} {worst[1]:.1e}", flush=True)
    if case.name.startswith("liu"):
        size = case.y0.size
        matrix = np.array([case.rhs(0.0, np.eye(size)[j])
                           for j in range(size)]).T
        exact = np.array([sum((expm(matrix * (t - s))[:, 0] * amount
                               for s, amount in case.doses if s < t),
                              np.zeros(size)) for t in GRID])
        c = columns(case, exact)
        worst = np.max(np.abs(a - c), axis=0) / np.max(np.abs(a), axis=0)
        print(f"    against the matrix exponential: {worst[0]:.1e} "
              f"{worst[1]:.1e}", flush=True)


def main():
    """Write every file; with --check also compare solvers."""
    for case in all_cases():
        solution = Solution(case, GRID[-1], GRID)
        write_case(case, solution)
        print(case.name, flush=True)
        if "--check" in sys.argv[1:]:
            cross_check(case, solution)
    table = Table()
    for values in (reference_values, petrov_values, panetta_values,
                   liu_values, example_values):
        values(table)
    table.write(HERE / "text_models.csv")
    missed = sum(row[-1] != "yes" for row in table.rows)
    print(f"{len(table.rows)} quoted values, {missed} not reached")


if __name__ == "__main__":
    main()
