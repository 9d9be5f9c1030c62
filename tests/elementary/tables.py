#!/usr/bin/env python3
"""Tables and coefficients for the elementary functions of src/numeric/elementary.rs.

    pip install mpmath && python tests/elementary/tables.py

rewrites exp.csv, ln.csv and powf.csv beside this file: arguments and the result
rounded to the nearest double, all as the 16 hexadecimal digits of their bits.
With --coefficients it prints the minimax polynomials that the functions use.

Made with Python 3.11, mpmath 1.3.
"""

import random
import struct
import sys
from pathlib import Path

from mpmath import chebyfit, exp, log, mp, mpf, power, sqrt

mp.dps = 60
HERE = Path(__file__).resolve().parent


def bits(x):
    return struct.pack(">d", float(x)).hex()


def arguments(low, high, count):
    return [random.uniform(low, high) for _ in range(count)]


def powers(low, high, count):
    """Numbers spread over many powers of two."""
    return [2.0 ** random.uniform(low, high) for _ in range(count)]


def write(name, rows):
    lines = [",".join(bits(x) for x in row) for row in rows]
    (HERE / f"{name}.csv").write_text("\n".join(lines) + "\n")


def tables():
    random.seed(1)
    xs = arguments(-707.7, 709.78, 200) + arguments(-1, 1, 100) + powers(-1074, 0, 40)
    xs += [-x for x in powers(-60, 0, 40)] + [0.0, -0.0, 709.78, -707.6, 0.34657359, -0.34657360]
    write("exp", [(x, exp(mpf(x))) for x in xs])
    xs = powers(-1074, 1024, 200) + arguments(0.5, 2, 100) + [1 + x for x in powers(-52, -3, 40)]
    xs += [1 - x for x in powers(-53, -3, 40)]
    xs += [1.0, 5e-324, 2.2250738585072014e-308, 2.225073858507201e-308, 1.7976931348623157e308]
    xs += [0.7071067811865475, 0.7071067811865476, 1.414213562373095, 1.4142135623730951]
    write("ln", [(x, log(mpf(x))) for x in xs])
    rows = []
    while len(rows) < 300:
        x, y = powers(-20, 20, 1)[0], random.uniform(-30, 30)
        if abs(y * float(log(x))) < 700:
            rows.append((x, y, power(mpf(x), mpf(y))))
    write("powf", rows)


def coefficients():
    half = log(2) / 2 * mpf("1.0001")
    small = mpf(10) ** -20

    def exp_series(r):
        return (exp(r) - 1 - r) / r**2 if abs(r) > small else mpf(1) / 2

    widest = ((sqrt(2) - 1) / (sqrt(2) + 1)) ** 2 * mpf("1.0001")

    def ln_series(w):
        s = sqrt(w)
        return (log((1 + s) / (1 - s)) - 2 * s) / s**3 if s > small else mpf(2) / 3

    for name, f, interval, terms in [
        ("EXP", exp_series, [-half, half], 10),
        ("LN", ln_series, [0, widest], 7),
    ]:
        found, error = chebyfit(f, interval, terms, error=True)
        print(name, [repr(float(c)) for c in reversed(found)], "error", mp.nstr(error, 3))


if __name__ == "__main__":
    coefficients() if "--coefficients" in sys.argv else tables()
