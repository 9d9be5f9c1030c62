"""Probability of a count by visit day, by quadrature instead of simulated patients.

Independent of the program: `pip install numpy scipy`, then `python window.py`
rewrites window.csv. In the mechanistic model the count relative to baseline does
not depend on the baseline, and exposure and potency enter as one ratio. So the
patients of parameters/patients_start.toml need three dimensions (Gauss-Hermite)
for the course, and one more (a fine grid) for the true count behind a measured one.
"""

import numpy as np
from numpy.polynomial.hermite_e import hermegauss
from scipy.integrate import solve_ivp
from scipy.stats import norm

DAYS = [1, 9, 13, 18]                       # visit days
THRESHOLD, ADDITIVE, PROPORTIONAL = 50.0, 2.5, 0.15
PK = dict(ka=0.218, lag=0.193, f1=0.843, cl=0.874, vc=12.2, q1=0.872, vp1=9.04,
          q2=0.0265, vp2=3.48)
TYPICAL = {"B": dict(kc=150.0, tp=6.0, tmk=4.5), "D": dict(kc=345.0, tp=8.0, tmk=4.5)}
OMEGA = dict(kc=1.3, f1=0.35, tp=0.25, tmk=0.2)
PLT0, SD, LOW, HIGH = 39.2, 7.5, 5.0, 100.0
T0, T0_HEALTHY, KTPO, LAMBDA, W, EMAX, TAUN = 0.78, 1.4, 1.16, 0.2, 0.8, 4.52, 0.5


def concentration(mg, doses, times_d):
    """Typical concentration (ng/mL) at rising times, one dose a day."""
    def rhs(_, a):
        k = PK["cl"] + PK["q1"] + PK["q2"]
        return [-PK["ka"] * a[0],
                PK["ka"] * a[0] - k * a[1] / PK["vc"] + PK["q1"] * a[2] / PK["vp1"]
                + PK["q2"] * a[3] / PK["vp2"],
                PK["q1"] * (a[1] / PK["vc"] - a[2] / PK["vp1"]),
                PK["q2"] * (a[1] / PK["vc"] - a[3] / PK["vp2"])]
    stops = [24.0 * k + PK["lag"] for k in range(doses)] + [24.0 * 60]
    found, state = np.zeros(len(times_d)), np.zeros(4)
    hours = 24.0 * np.asarray(times_d)
    for start, stop in zip(stops[:-1], stops[1:]):
        state = state + [mg * PK["f1"], 0, 0, 0]
        piece = solve_ivp(rhs, (start, stop), state, method="DOP853", rtol=1e-11,
                          atol=1e-13, dense_output=True)
        inside = (hours >= start) & (hours < stop)
        found[inside] = 1000 * piece.sol(hours[inside])[1] / PK["vc"]
        state = piece.y[:, -1]
    return found


def relative_counts(variant, mg, doses, ratio, tp, tmk):
    """Counts over baseline on DAYS; patients side by side, classical Runge-Kutta."""
    s0 = 1 / (EMAX - 1)
    kt = (T0 if variant == "B" else T0_HEALTHY) / s0
    kc, km, kp = TYPICAL[variant]["kc"] / ratio, 4 / tmk, 1 / tp

    def signal(tpo, c):
        if variant == "B":
            s = tpo / kt + c / kc
            return EMAX * s / (1 + s)
        return EMAX * (tpo / (kt + tpo) + c / (kc + c))

    def rhs(y, c):
        sink = W * y[6] + (1 - W) * sum(y[2:6]) * km / 4
        u = signal(y[0], c) / signal(T0, 0.0)
        return np.array([KTPO * (T0 - y[0] * (1 - LAMBDA + LAMBDA * sink)),
                         (u - y[1]) / TAUN, y[1] - km * y[2], km * (y[2] - y[3]),
                         km * (y[3] - y[4]), km * (y[4] - y[5]), kp * (km * y[5] - y[6])])

    h = 0.02
    steps = round((DAYS[-1] - 1) / h)
    c = concentration(mg, doses, 0.5 * h * np.arange(2 * steps + 1)) if mg else np.zeros(2 * steps + 1)
    one = np.ones_like(tp)
    y = np.array([T0 * one, one, one / km, one / km, one / km, one / km, one])
    found = {1: y[6]}
    for i in range(steps):
        k1 = rhs(y, c[2 * i])
        k2 = rhs(y + 0.5 * h * k1, c[2 * i + 1])
        k3 = rhs(y + 0.5 * h * k2, c[2 * i + 1])
        k4 = rhs(y + h * k3, c[2 * i + 2])
        y = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        day = 1 + (i + 1) * h
        if any(abs(day - wanted) < 1e-9 for wanted in DAYS):
            found[round(day)] = y[6]
    return found


def deviation(count):
    return np.hypot(ADDITIVE, PROPORTIONAL * count)


def true_counts(kind, count):
    """Counts that can be the true one, with their weights."""
    if kind == "true":
        return np.array([count]), np.array([1.0])
    grid = np.linspace(LOW, HIGH, 4001)
    weight = norm.pdf(grid, PLT0, SD) * norm.pdf(count, grid, deviation(grid))
    return grid, weight / weight.sum()


def main():
    z, w = hermegauss(32)
    z3, w3 = hermegauss(12)
    nodes = np.array(np.meshgrid(z, z3, z3, indexing="ij")).reshape(3, -1)
    weights = np.einsum("i,j,k->ijk", w, w3, w3).ravel()
    weights = weights / weights.sum()
    spread = np.hypot(OMEGA["kc"], OMEGA["f1"])
    rows = ["variant,baseline,baseline_1e9_l,dose_mg,days,visit_day,p_at_threshold"]
    for variant, typical in TYPICAL.items():
        ratio = np.exp(spread * nodes[0])
        tp = typical["tp"] * np.exp(OMEGA["tp"] * nodes[1])
        tmk = typical["tmk"] * np.exp(OMEGA["tmk"] * nodes[2])
        for mg, doses in [(0.0, 7), (3.0, 7), (3.0, 14)]:
            relative = relative_counts(variant, mg, doses, ratio, tp, tmk)
            for kind, count in [("true", 40.0), ("measured", 30.0), ("measured", 40.0)]:
                plt0, chance = true_counts(kind, count)
                for day in DAYS:
                    p = 0.0
                    for at, share in zip(plt0, chance):
                        if share > 1e-12:
                            c = at * relative[day]
                            p += share * weights @ norm.cdf((c - THRESHOLD) / deviation(c))
                    rows.append(f"{variant},{kind},{count:g},{mg:g},{doses},{day},{p:.6f}")
    with open("window.csv", "w", encoding="utf-8") as file:
        file.write("\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
