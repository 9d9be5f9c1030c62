#!/usr/bin/env python3
"""Independent reference solutions for thrombopoietin-receptor agonist models.

The script integrates five published or project-defined ODE models and writes
one CSV per case (every 6 h over 40 days) and ``summary.csv`` beside itself.
It shares no code with the program that is tested against these files.

    python reference.py            rewrite all CSV files (under a minute)
    python reference.py --check    also compare with a second solver

Made with Python 3.11.7, numpy 2.4.6, scipy 1.17.1 (nothing else is needed).

Models
    katsube      lusutrombopag population PK/PD in chronic liver disease (CLD);
                 Katsube et al. 2019, doi 10.1007/s40262-019-00770-4
    shimizu      quantitative systems model of lusutrombopag, 48 states;
                 Shimizu et al. 2021, doi 10.1002/psp4.12623
    farrell      eltrombopag population PK/PD in CLD;
                 Farrell et al. 2014, doi 10.1111/bcp.12244
    wang         romiplostim, target-mediated disposition and lifespan chains;
                 Wang et al. 2010, doi 10.1208/s12248-010-9234-9
    mechanistic  the project's own model (TPO, receptor, one progenitor, four
                 megakaryocyte and nP platelet stages), variants A to D

Conventions
    Time is in hours from the first dose.  Dose k of a once-daily course is
    given at 24 (k - 1) h; an amount enters the depot at dose time + lag.  A
    sample at the time of a dose or of a transfusion is taken before it.
    Every right-hand side returns derivatives per hour.  The last state of
    every model is the integral of the concentration (AUC, ng h/mL).
    The conc column is the concentration in plasma or serum: A2/V2 or A1/V;
    in the Wang model the free concentration Cf.
"""

import csv
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import numpy as np
from scipy.integrate import solve_ivp
from scipy.linalg import expm
from scipy.optimize import brentq

HERE = Path(__file__).resolve().parent
GRID = np.arange(0.0, 961.0, 6.0)
T_END = GRID[-1]
RTOL = 1e-12
ATOL_FACTOR = 1e-14     # absolute tolerance = this factor x scale of the state


@dataclass
class Model:
    """One case, ready to integrate.

    ``rhs(t, y, info)`` returns dy/dt per hour; ``info`` is the entry of
    ``phases`` in force.  ``jumps`` maps a time to the amounts added to the
    states at that time.  ``phases`` is a list of (start time, info).
    """

    case: str
    title: str
    y0: np.ndarray
    scale: np.ndarray
    rhs: Callable
    jumps: dict
    conc: Callable
    plt: Callable
    tpo: Callable | None = None
    phases: tuple = ((0.0, None),)
    switch: Callable | None = None      # zero where the rhs has a kink
    linear_from: Callable | None = None  # info -> matrix of an affine rhs
    max_step: float = 0.5                # hours


def dose_times(n, missed=()):
    """Hours of n once-daily doses without those numbered in ``missed``."""
    return [24.0 * (k - 1) for k in range(1, n + 1) if k not in missed]


def bolus(times, state, amount, size):
    """Jumps that add ``amount`` to one state at each of the times."""
    jump = np.zeros(size)
    jump[state] = amount
    return {t: jump.copy() for t in times}


def chain(rate_in, rate, stages):
    """Transit: dS1/dt = rate_in - rate S1, dSi/dt = rate (S(i-1) - Si)."""
    d = np.empty_like(stages)
    d[0] = rate_in - rate * stages[0]
    d[1:] = rate * (stages[:-1] - stages[1:])
    return d


# --------------------------------------------------------------------------
# Katsube 2019
# --------------------------------------------------------------------------

KATSUBE = dict(cl=0.874, v2=12.2, q3=0.872, v3=9.04, q4=0.0265, v4=3.48,
               ka=0.218, lag=0.193, km=0.0320, kl=0.00863, slop=9.09,
               plt0=39.2)


def katsube_pk(p, a):
    """Three compartments with a depot; amounts in mg, per hour."""
    a1, a2, a3, a4 = a
    return np.array([
        -p["ka"] * a1,
        p["ka"] * a1 - (p["cl"] + p["q3"] + p["q4"]) / p["v2"] * a2
        + p["q3"] / p["v3"] * a3 + p["q4"] / p["v4"] * a4,
        p["q3"] / p["v2"] * a2 - p["q3"] / p["v3"] * a3,
        p["q4"] / p["v2"] * a2 - p["q4"] / p["v4"] * a4,
    ])


def linear_pd(kin, kt, kdeg, slop, cp, p123, plt):
    """Three precursors, then platelets; production is linear in Cp (ug/mL)."""
    return np.append(chain(kin * (1 + slop * cp), kt, p123),
                     kt * p123[-1] - kdeg * plt)


def katsube(case, mg=3.0, n_doses=7, f1=0.843):
    """Katsube 2019: states A1-A4 (mg), P1-P3 and PLT (10^9/L), AUC."""
    p = KATSUBE
    kpr = p["kl"] * p["plt0"]

    def rhs(t, y, info):
        cp = y[1] / p["v2"]
        return np.concatenate([
            katsube_pk(p, y[:4]),
            linear_pd(kpr, p["km"], p["kl"], p["slop"], cp, y[4:7], y[7]),
            [1000 * cp]])

    y0 = np.array([0, 0, 0, 0] + [kpr / p["km"]] * 3 + [p["plt0"], 0.0])
    times = [t + p["lag"] for t in dose_times(n_doses)]
    return Model(case, "Katsube 2019, lusutrombopag in CLD", y0,
                 np.array([mg] * 4 + [p["plt0"]] * 4 + [1000.0]), rhs,
                 bolus(times, 0, mg * f1, y0.size),
                 conc=lambda y: 1000 * y[1] / p["v2"], plt=lambda y: y[7],
                 linear_from=lambda info: affine_matrix(rhs, info, y0.size))


# --------------------------------------------------------------------------
# Shimizu 2021
# --------------------------------------------------------------------------

SHIMIZU = dict(ka=7.176, ke=1.358, k12=1.2816, k21=2.088, k13=0.03408,
               k31=0.14088, v=13.7, emax=4.52, ec50l=183.0, ec50t=4.928,
               kon=1.32, koff=60.0, kfn=3.12, knf=1.152, kout=1.0)
SHIMIZU_CLD = dict(t0=0.78, plt0=40.0, pp=2500.0)
SHIMIZU_HEALTHY = dict(t0=1.4, plt0=200.0, sps=1.0 / 3.0)


def shimizu(case, preset, mg, n_doses, factor, full=True):
    """Shimizu 2021, rates per day in the equations.

    States: G, A1-A3 (mg); T, Tn, Y (pM); X1-X27; M1-M5; L1-L9 (cells); AUC.
    With ``full=False`` the 27 progenitors, which never leave their initial
    values, are replaced by the constant X27 = 2^26 (used as a check only).
    """
    p = {**SHIMIZU, **preset}
    t0, plt0, kout = p["t0"], p["plt0"], p["kout"]
    kint = 2.4 * t0 / 1.4
    rp0 = 164.0 * plt0 / 200.0
    rc0 = p["kon"] * t0 * rp0 / (p["koff"] + kint)
    k0 = kout * p["emax"] * t0 / (p["ec50t"] + t0)
    x27 = 2.0 ** 26
    mk0 = x27 * k0 / kout
    # steady state: plt0 = 9 PP mk0 / 5e9 (1 - SPS)
    if "sps" in p:
        sps = p["sps"]
        pp = plt0 * 5e9 / (9 * mk0 * (1 - sps))
    else:
        pp = p["pp"]
        sps = 1 - plt0 * 5e9 / (9 * pp * mk0)
    nx = 27 if full else 0
    first_m, first_l = 7 + nx, 12 + nx

    def conc(y):
        return 1000 * y[1] / p["v"]

    def plt(y):
        return np.sum(y[first_l:first_l + 9]) / 5e9 * (1 - sps)

    def drive(y):
        c, tpo = conc(y), y[4]
        return kout * p["emax"] * (tpo / (p["ec50t"] + tpo)
                                   + c / (p["ec50l"] + c))

    def rhs(t, y, info):
        g, a1, a2, a3, tpo, tn, cplx = y[:7]
        x, m, el = y[7:first_m], y[first_m:first_l], y[first_l:first_l + 9]
        kout1 = max(drive(y), k0)
        binding = p["kon"] * tpo * rp0 * plt(y) / plt0
        pk = [-p["ka"] * g,
              p["ka"] * g - (p["k12"] + p["k13"] + p["ke"]) * a1
              + p["k21"] * a2 + p["k31"] * a3,
              p["k12"] * a1 - p["k21"] * a2,
              p["k13"] * a1 - p["k31"] * a3]
        endo = [kint * rc0 - binding + p["koff"] * cplx - p["kfn"] * tpo
                + p["knf"] * tn,
                p["kfn"] * tpo - p["knf"] * tn,
                binding - (p["koff"] + kint) * cplx]
        if full:
            dx = np.empty(27)
            dx[0] = kout1 * (1 - x[0])
            dx[1:] = kout1 * (2 * x[:-1] - x[1:])
            last = x[-1]
        else:
            dx, last = np.empty(0), x27
        per_day = np.concatenate([
            pk, endo, dx, chain(kout1 * last, kout, m),
            chain(pp * kout * m[-1], kout, el), [24 * conc(y)]])
        return per_day / 24

    x0 = 2.0 ** np.arange(27) if full else np.empty(0)
    y0 = np.concatenate([[0, 0, 0, 0], [t0, p["kfn"] * t0 / p["knf"], rc0],
                         x0, [mk0] * 5, [pp * mk0] * 9, [0.0]])
    scale = np.where(y0 > 0, y0, mg)
    scale[-1] = 1000.0
    return Model(case, "Shimizu 2021, lusutrombopag", y0, scale, rhs,
                 bolus(dose_times(n_doses), 0, mg * factor, y0.size),
                 conc, plt, tpo=lambda y: y[4],
                 switch=lambda t, y: drive(y) / k0 - 1,
                 max_step=0.1)     # TPO binding: about 20 /h in health


# --------------------------------------------------------------------------
# Farrell 2014
# --------------------------------------------------------------------------

def farrell(case, mg=25.0, n_doses=14, child_pugh=6):
    """Farrell 2014, male East Asian patient with CLD.

    States: depot, central, peripheral (mg); P1-P3 and PLT (10^9/L); AUC.
    """
    cl = 0.953 * 0.476 * 0.536 * (1 - 0.113 * (child_pugh - 5))
    vc, vp, q, lag = 9.75, 9.41, 0.633, 0.447
    ka_early, ka_late, ka_change = 0.333, 5.26, 1.46
    kin, kt, plt0 = 0.211, 0.0214, 41.0
    kdeg = kin / plt0
    slop = 0.648 * 0.66

    def rhs(t, y, ka):
        ad, a1, a2 = y[:3]
        cp = a1 / vc
        pk = [-ka * ad,
              ka * ad - (cl + q) / vc * a1 + q / vp * a2,
              q / vc * a1 - q / vp * a2]
        return np.concatenate([
            pk, linear_pd(kin, kt, kdeg, slop, cp, y[3:6], y[6]),
            [1000 * cp]])

    y0 = np.array([0, 0, 0] + [kin / kt] * 3 + [plt0, 0.0])
    times = dose_times(n_doses)
    phases = [ph for t in times
              for ph in ((t, ka_early), (t + ka_change, ka_late))]
    return Model(case, "Farrell 2014, eltrombopag in CLD", y0,
                 np.array([mg] * 3 + [plt0] * 4 + [1000.0]), rhs,
                 bolus([t + lag for t in times], 0, mg, y0.size),
                 conc=lambda y: 1000 * y[1] / vc, plt=lambda y: y[6],
                 phases=tuple(phases),
                 linear_from=lambda ka: affine_matrix(rhs, ka, y0.size))


# --------------------------------------------------------------------------
# Wang 2010
# --------------------------------------------------------------------------

WANG = dict(ka=0.0254, vc=0.0683, kel=0.0382, kcp=0.0806, kpc=0.0148,
            f=0.499, kint=0.173, xi=0.0215, kd=0.131, sc50=0.0520,
            smax=11.2, tp=142.0, tplt=253.0)


def free_concentration(ctot, rtot, kd):
    """Free drug at binding equilibrium, written to avoid cancellation."""
    b = ctot - rtot - kd
    root = np.sqrt(b * b + 4 * kd * ctot)
    if b.real >= 0:
        return 0.5 * (b + root)
    return 2 * kd * ctot / (root - b)


def wang(case, ug_per_kg, route, plt0=250.0):
    """Wang 2010: Ad, A1, A2 (ug/kg); M1-M10; P1-P10 (10^9/L); AUC of Cf."""
    p = WANG
    kin = plt0 / p["tplt"]

    def plt(y):
        return np.sum(y[13:23])

    def conc(y):
        return free_concentration(y[1] / p["vc"], p["xi"] * plt(y), p["kd"])

    def rhs(t, y, info):
        ad, a1, a2 = y[:3]
        cf = conc(y)
        pk = [-p["ka"] * ad,
              p["ka"] * ad - (p["kel"] + p["kcp"]) * cf * p["vc"]
              + p["kpc"] * a2 - p["kint"] * (a1 / p["vc"] - cf) * p["vc"],
              p["kcp"] * cf * p["vc"] - p["kpc"] * a2]
        km, kp = 10 / p["tp"], 10 / p["tplt"]
        made = kin * (1 + p["smax"] * cf / (p["sc50"] + cf))
        return np.concatenate([pk, chain(made, km, y[3:13]),
                               chain(km * y[12], kp, y[13:23]), [cf]])

    y0 = np.concatenate([[0, 0, 0], [kin * p["tp"] / 10] * 10,
                         [plt0 / 10] * 10, [0.0]])
    scale = np.concatenate([[ug_per_kg * 1e-3] * 3, y0[3:23], [10.0]])
    if route == "iv":
        jumps = bolus([0.0], 1, ug_per_kg, y0.size)
    else:
        jumps = bolus([0.0], 0, ug_per_kg * p["f"], y0.size)
    return Model(case, "Wang 2010, romiplostim in healthy subjects", y0,
                 scale, rhs, jumps, conc, plt)


# --------------------------------------------------------------------------
# The project's mechanistic model
# --------------------------------------------------------------------------

MECHANISTIC_CLD = dict(variant="B", t0=0.78, kt=1.16, lam=0.2, w=0.8,
                       emax=4.52, eb=0.0, kc=150.0, gn=1.0, gv=0.0, taun=0.5,
                       tmk=4.5, tp=6.0, d=0.0, n_p=1, plt0=39.2, fs=0.79,
                       bv=5.0, f1=0.843)
MECHANISTIC_HEALTHY = {**MECHANISTIC_CLD, "n_p": 9, "tp": 9.0, "t0": 1.4,
                       "lam": 0.8, "plt0": 200.0, "fs": 1.0 / 3.0,
                       "f1": 0.857, "kc": 110.0}


def mechanistic(case, preset=None, mg=3.0, n_doses=7, missed=(),
                transfusion=None, **changes):
    """Project model: A1-A4 (mg), T (pM), N, M1-M4, P1-PnP (relative), AUC.

    PK rates per hour; all other rates per day.  Platelet stages are in units
    of the steady-state total, so PLT = PLT0 sum P.  ``transfusion`` is
    (hour, platelets in 10^9).
    """
    p = {**(preset or MECHANISTIC_CLD), **changes}
    pk = KATSUBE
    t0, emax, eb, n_p, d = p["t0"], p["emax"], p["eb"], p["n_p"], p["d"]
    variant = p["variant"]
    s0 = (1 - eb) / (emax - 1)
    half_tpo = (t0 if variant in "BC" else 1.4) / s0          # KT
    k_mk = 4 / p["tmk"]
    k_p = n_p / p["tp"]
    survive = k_p / (k_p + d)
    life = sum(survive ** j / (k_p + d) for j in range(n_p))
    f0 = 1 / life
    mtot0 = 4 / k_mk
    last = 10 + n_p

    def conc(y):
        return 1000 * y[1] / pk["v2"]

    def activation(tpo, c):
        if variant in "AB":
            s = tpo / half_tpo + c / p["kc"]
            return eb + (emax - eb) * s / (1 + s)
        return emax * (tpo / (half_tpo + tpo) + c / (p["kc"] + c))

    a0 = activation(t0, 0.0)

    def rhs(t, y, info):
        c = conc(y)
        tpo, n, m, q = y[4], y[5], y[6:10], y[10:last]
        sink = p["w"] * np.sum(q) + (1 - p["w"]) * np.sum(m) / mtot0
        u = activation(tpo, c) / a0
        kv = k_mk * u ** p["gv"]
        d_tpo = p["kt"] * (t0 - tpo * (1 - p["lam"] + p["lam"] * sink))
        d_n = (u ** p["gn"] - n) / p["taun"]
        d_m = chain(n, kv, m)
        release = f0 * kv * m[3]
        d_q = np.append(release, k_p * q[:-1]) - (k_p + d) * q
        per_day = np.concatenate([[d_tpo, d_n], d_m, d_q])
        return np.concatenate([katsube_pk(pk, y[:4]), per_day / 24, [c]])

    q0 = f0 / (k_p + d) * survive ** np.arange(n_p)
    y0 = np.concatenate([[0, 0, 0, 0], [t0, 1.0], [1 / k_mk] * 4, q0, [0.0]])
    scale = np.where(y0 > 0, y0, mg)
    scale[-1] = 1000.0
    times = [t + pk["lag"] for t in dose_times(n_doses, missed)]
    jumps = bolus(times, 0, mg * p["f1"], y0.size)
    if transfusion:
        hour, platelets = transfusion
        jump = np.zeros(y0.size)
        jump[10:last] = platelets * (1 - p["fs"]) / p["bv"] / p["plt0"] / n_p
        jumps[hour] = jump
    return Model(case, f"mechanistic model, variant {variant}", y0, scale,
                 rhs, jumps, conc,
                 plt=lambda y: p["plt0"] * np.sum(y[10:last]),
                 tpo=lambda y: y[4])


# --------------------------------------------------------------------------
# Integration
# --------------------------------------------------------------------------

@dataclass
class Piece:
    """A smooth stretch of the solution between two break points."""

    t0: float
    t1: float
    info: object
    dense: Callable


def break_points(model):
    """All grid points, jumps and changes of phase, ascending."""
    extra = list(model.jumps) + [t for t, _ in model.phases]
    return np.unique(np.concatenate([GRID, [t for t in extra if t < T_END]]))


def phase_at(model, t):
    """The phase in force from time t on."""
    return [info for start, info in model.phases if start <= t][-1]


def solve_smooth(model, t0, t1, y, info, method, rtol, atol):
    """Integrate one stretch; split it where the right-hand side has a kink."""
    max_step = model.max_step if method == "DOP853" else np.inf

    def run(a, b, ya, events=None):
        sol = solve_ivp(model.rhs, (a, b), ya, method=method, rtol=rtol,
                        atol=atol, max_step=max_step, dense_output=True,
                        args=(info,), events=events)
        if not sol.success:
            raise RuntimeError(f"{model.case}: {sol.message}")
        return sol

    if model.switch is None:
        sol = run(t0, t1, y)
        return [Piece(t0, t1, info, sol.sol)], sol.y[:, -1]
    sol = run(t0, t1, y, lambda t, state, info: model.switch(t, state))
    inner = [t for t in sol.t_events[0] if t0 + 1e-9 < t < t1 - 1e-9]
    if not inner:
        return [Piece(t0, t1, info, sol.sol)], sol.y[:, -1]
    pieces = []
    for a, b in zip([t0] + inner, inner + [t1]):
        sol = run(a, b, y)
        pieces.append(Piece(a, b, info, sol.sol))
        y = sol.y[:, -1]
    return pieces, y


def integrate(model, method="DOP853", rtol=RTOL, atol_factor=ATOL_FACTOR):
    """Return the states on the grid (before any jump there) and the pieces."""
    atol = atol_factor * model.scale
    points = break_points(model)
    on_grid = set(GRID)
    y, rows, pieces = model.y0.astype(float), [], []
    for i, t in enumerate(points):
        if t in on_grid:
            rows.append(y.copy())
        if t in model.jumps:
            y = y + model.jumps[t]
        if i + 1 < len(points):
            new, y = solve_smooth(model, t, points[i + 1], y,
                                  phase_at(model, t), method, rtol, atol)
            pieces += new
    return np.array(rows), pieces


def affine_matrix(rhs, info, size):
    """Matrix of the affine system dy/dt = K y + b acting on (y, 1)."""
    zero = np.zeros(size)
    b = rhs(0.0, zero, info)
    matrix = np.zeros((size + 1, size + 1))
    for j in range(size):
        unit = zero.copy()
        unit[j] = 1.0
        matrix[:-1, j] = rhs(0.0, unit, info) - b
    matrix[:-1, -1] = b
    return matrix


def integrate_exactly(model):
    """States of a linear model on the grid by matrix exponentials."""
    points = break_points(model)
    on_grid = set(GRID)
    y, rows = np.append(model.y0.astype(float), 1.0), []
    for i, t in enumerate(points):
        if t in on_grid:
            rows.append(y[:-1].copy())
        if t in model.jumps:
            y[:-1] += model.jumps[t]
        if i + 1 < len(points):
            step = model.linear_from(phase_at(model, t)) * (points[i + 1] - t)
            y = expm(step) @ y
    return np.array(rows)


# --------------------------------------------------------------------------
# Continuous summaries
# --------------------------------------------------------------------------

def monotone_parts(model, pieces, out):
    """Split the pieces at the stationary points of an output.

    Yields (t0, t1, function of time).  The derivative of the output along
    the solution is taken with a complex step, so it is exact.
    """
    for piece in pieces:
        def slope(t, piece=piece):
            y = piece.dense(t)
            dy = model.rhs(t, y, piece.info)
            return np.imag(out(y + 1e-30j * dy)) / 1e-30

        def value(t, piece=piece):
            return out(piece.dense(t))

        nodes = np.linspace(piece.t0, piece.t1, 5)
        slopes = [slope(t) for t in nodes]
        cuts = [piece.t0]
        for a, b, sa, sb in zip(nodes[:-1], nodes[1:], slopes, slopes[1:]):
            if sa * sb < 0:
                cuts.append(brentq(slope, a, b, xtol=1e-12, rtol=1e-14))
        cuts.append(piece.t1)
        for a, b in zip(cuts[:-1], cuts[1:]):
            yield a, b, value


def maximum(model, pieces, out):
    """Largest value of an output over the course, and its time in hours."""
    best, when = -np.inf, 0.0
    for a, b, value in monotone_parts(model, pieces, out):
        for t in (a, b):
            v = value(t)
            # constant stretches and matched joins must not move the time
            if v > best * (1 + 1e-13) or best == -np.inf:
                best, when = v, t
    return best, when


def time_above(model, pieces, out, level):
    """First and last time at or above a level, and the total, in hours."""
    first, last, total = None, None, 0.0
    for a, b, value in monotone_parts(model, pieces, out):
        va, vb = value(a) - level, value(b) - level
        if va < 0 and vb < 0:
            continue
        lo, hi = a, b
        if va < 0 <= vb:
            lo = brentq(lambda t: value(t) - level, a, b, xtol=1e-12)
        elif vb < 0 <= va:
            hi = brentq(lambda t: value(t) - level, a, b, xtol=1e-12)
        first = lo if first is None else first
        last = hi
        total += hi - lo
    return first, last, total


# --------------------------------------------------------------------------
# Cases and files
# --------------------------------------------------------------------------

def all_cases():
    """Every case, in the order of summary.csv."""
    return [
        katsube("katsube_2019_3mg_x7"),
        shimizu("shimizu_2021_cld_3mg_x7", SHIMIZU_CLD, 3.0, 7, 0.813),
        shimizu("shimizu_2021_healthy_2mg_x14", SHIMIZU_HEALTHY, 2.0, 14,
                0.857),
        farrell("farrell_2014_25mg_x14"),
        wang("wang_2010_10ug_kg_iv", 10.0, "iv"),
        wang("wang_2010_3ug_kg_sc", 3.0, "sc"),
        mechanistic("mechanistic_b_3mg_x7"),
        mechanistic("mechanistic_b_3mg_x7_miss4", missed=(4,)),
        mechanistic("mechanistic_a_kc350", variant="A", kc=350.0),
        mechanistic("mechanistic_c_kc183_tp8", variant="C", kc=183.0, tp=8.0),
        mechanistic("mechanistic_d_kc345_tp8", variant="D", kc=345.0, tp=8.0),
        mechanistic("mechanistic_healthy_2mg_x14", MECHANISTIC_HEALTHY,
                    mg=2.0, n_doses=14),
        mechanistic("mechanistic_b_all_terms", eb=0.1, gv=0.2, gn=0.9,
                    lam=0.4, w=0.7, d=0.05, n_p=5,
                    transfusion=(240.0, 300.0)),
    ]


def columns(model, rows):
    """The output columns of a case: conc, plt and, where modelled, tpo."""
    outs = [model.conc, model.plt] + ([model.tpo] if model.tpo else [])
    return np.array([[float(out(y)) for out in outs] for y in rows])


def write_case(model, rows):
    """Write <case>.csv."""
    table = columns(model, rows)
    names = ["time_h", "conc_ng_ml", "plt_1e9_l"]
    names += ["tpo_pm"] if model.tpo else []
    with open(HERE / f"{model.case}.csv", "w", newline="\n") as handle:
        handle.write(f"# case: {model.case}\n# model: {model.title}\n")
        handle.write("# solver: scipy solve_ivp DOP853, restarted at every "
                     "dose, discontinuity and output time\n")
        handle.write(f"# tolerances: rtol {RTOL:g}, atol {ATOL_FACTOR:g} x "
                     "the scale of each state, "
                     f"step at most {model.max_step} h\n")
        handle.write("# samples at the time of a dose or transfusion are "
                     "taken before it\n")
        handle.write(",".join(names) + "\n")
        for t, row in zip(GRID, table):
            handle.write(",".join(f"{v:.15g}" for v in (t, *row)) + "\n")


def summarise(model, rows, pieces):
    """One row of summary.csv."""
    plt_max, t_max = maximum(model, pieces, model.plt)
    c_max, t_cmax = maximum(model, pieces, model.conc)
    first, last, total = time_above(model, pieces, model.plt, 50.0)
    numbers = [plt_max, t_max / 24,
               None if first is None else first / 24,
               None if last is None else last / 24,
               total / 24, c_max, t_cmax, rows[-1][-1]]
    return [model.case] + ["" if v is None else f"{v:.15g}" for v in numbers]


def cross_check(model, rows):
    """Largest difference from a second solver, for PLT, conc, TPO and AUC.

    PLT and TPO: relative at each time.  Concentration and AUC: relative to
    the largest value of the course.
    """
    a = columns(model, rows)
    found = []
    if model.linear_from:
        found.append(("matrix exponential", integrate_exactly(model), model))
    found.append(("Radau", integrate(model, "Radau", 1e-11, 1e-13)[0], model))
    if model.title.startswith("Shimizu"):
        args = ((SHIMIZU_CLD, 3.0, 7, 0.813) if "cld" in model.case
                else (SHIMIZU_HEALTHY, 2.0, 14, 0.857))
        short = shimizu(model.case, *args, full=False)
        found.append(("21-state form", integrate(short)[0], short))
    for name, other, owner in found:
        b = columns(owner, other)
        conc = np.max(np.abs(a[:, 0] - b[:, 0])) / np.max(a[:, 0])
        rel = np.max(np.abs(a[:, 1:] / b[:, 1:] - 1), axis=0)
        auc = abs(rows[-1][-1] / other[-1][-1] - 1)
        text = f"plt {rel[0]:.1e}  conc {conc:.1e}  auc {auc:.1e}"
        if model.tpo:
            text += f"  tpo {rel[1]:.1e}"
        print(f"    against {name}: {text}", flush=True)


def main():
    """Write every file; with --check also compare solvers."""
    check = "--check" in sys.argv[1:]
    header = ["case", "plt_max_1e9_l", "t_max_d", "first_ge50_d",
              "last_ge50_d", "days_ge50", "cmax_ng_ml", "t_cmax_h",
              "auc_0_960_ng_h_ml"]
    table = []
    for model in all_cases():
        rows, pieces = integrate(model)
        write_case(model, rows)
        table.append(summarise(model, rows, pieces))
        print("  ".join(table[-1]), flush=True)
        if check:
            cross_check(model, rows)
    with open(HERE / "summary.csv", "w", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerows([header] + table)


if __name__ == "__main__":
    main()
