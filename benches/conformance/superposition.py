"""Records of linear models with constant rates as sums of closed forms: a second way to the same numbers.

Each dose is one function of time over all of its past; a steady state is a geometric series. Nothing here
advances a state. What a dose puts in (F, lag, rate, duration) and the choice of the output are those of events.py.
"""

from math import exp, sqrt

import numpy as np


def oral1_response(ka=0.8, cl=4.0, vc=30.0):
    """Concentration after a unit bolus into each state, as pairs of amplitude and rate."""
    k = cl / vc
    a = ka / (ka - k) / vc
    return [[(a, k), (-a, ka)], [(1 / vc, k)]]


def oral2_response(weight=70.0):
    """Depot, central and peripheral as sources; partial fractions of the transfer function."""
    size = weight / 70.0
    cl, vc, q1, vp1 = 3.0 * size**0.75, 25.0 * size, 4.0 * size**0.75, 50.0 * size
    ka = 1.1
    k10, k12, k21 = cl / vc, q1 / vc, q1 / vp1
    total, product = k10 + k12 + k21, k10 * k21
    fast = (total + sqrt(total**2 - 4 * product)) / 2
    slow = product / fast
    central = [((fast - k21) / (fast - slow) / vc, fast), ((k21 - slow) / (fast - slow) / vc, slow)]
    peripheral = [(-k21 / (fast - slow) / vc, fast), (k21 / (fast - slow) / vc, slow)]
    depot = [(a * ka / (ka - r), r) for a, r in central]
    depot.append((-sum(a for a, _ in depot), ka))
    return [depot, central, peripheral]


def eigen_response(matrix, weights):
    """Any matrix with distinct real eigenvalues: `weights` times the states after a unit bolus into each."""
    values, vectors = np.linalg.eig(matrix)
    inverse = np.linalg.inv(vectors)
    size = len(matrix)
    amplitudes = [[(weights @ vectors)[i] * inverse[i, source] for i in range(size)] for source in range(size)]
    return [[(a, -r) for a, r in zip(row, values) if a != 0] for row in amplitudes]


class Train:
    """Equal inputs into one state: one at `last`, or one at last, last - interval, .. for ever."""

    def __init__(self, entry, last, interval=0.0, endless=False):
        self.entry, self.place = entry, entry.place
        self.last, self.interval, self.endless = last, interval, endless

    def value(self, t, terms):
        age = t - self.last
        near = 1e-10 * max(1.0, abs(t))
        while self.endless and age < -near:
            age += self.interval
        if age < -near:
            return 0.0
        age = max(age, 0.0)
        if not self.endless:
            return sum(self.one(age, a, r) for a, r in terms)
        total = 0.0
        while self.entry.duration > 0 and age < self.entry.duration:
            total += sum(self.one(age, a, r) for a, r in terms)
            age += self.interval
        return total + sum(self.one(age, a, r) / (1 - exp(-r * self.interval)) for a, r in terms)

    def one(self, age, a, r):
        """One input of a given age, for one term."""
        if self.entry.duration == 0:
            return self.entry.amount * a * exp(-r * age)
        end = min(age, self.entry.duration)
        return self.entry.rate * a / r * (exp(-r * (age - end)) - exp(-r * age))


class Ended:
    """A constant infusion that had run for ever when it ended."""

    def __init__(self, place, rate, end):
        self.place, self.rate, self.end = place, rate, end

    def value(self, t, terms):
        return self.rate * sum(a / r * exp(-r * (t - self.end)) for a, r in terms)


def superpose(model, response, rows, make_input, output_of):
    """The predictions of all rows; parameters must not change between rows, those of doses may.

    `response` gives the terms of an output for each state a dose can enter, `output_of` the output of a row.
    """
    doses, predictions = [], []
    for row in rows:
        if row.evid in (3, 4):
            doses = []
        if row.evid in (1, 4):
            doses = ([] if row.ss == 1 else doses) + inputs_of(model, row, make_input)
        terms = response[output_of(row).name]
        predictions.append(sum(dose.value(row.time, terms[dose.place]) for dose in doses))
    return predictions


def inputs_of(model, row, make_input):
    route = model.route(row.cmt)
    if row.ss and row.amt == 0:
        (line,) = route.lines
        rate = row.rate if row.rate > 0 else line.rate(row.covariates)
        return [Ended(line.place, rate, row.time)]
    inputs = []
    for line in route.lines:
        entry = make_input(line, row)
        arrival = row.time + entry.lag
        inputs.append(Train(entry, arrival, row.ii, endless=row.ss > 0))
        inputs += [Train(entry, arrival + copy * row.ii) for copy in range(1, row.addl + 1)]
    return inputs
