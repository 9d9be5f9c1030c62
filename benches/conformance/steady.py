"""Steady states of a regimen that has been given for ever: R11 to R16."""

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

SAME = 1e-10


@dataclass(frozen=True)
class Input:
    """What one dose puts into one state: a bolus if the duration is 0."""

    place: int
    amount: float
    rate: float
    duration: float
    lag: float

    def phase(self, interval):
        """When it arrives, counted from the times of the doses: from 0 up to the interval."""
        phase = self.lag % interval
        return 0.0 if interval - phase <= SAME * max(1.0, interval) else phase

    def overlap(self, interval):
        """R14: how many infusions always run, and how long one more runs."""
        whole = int(np.floor(self.duration / interval + SAME))
        return whole, max(0.0, self.duration - whole * interval)


class Constant:
    """Covariates that do not change: those of the row of the steady state."""

    constant = True

    def __init__(self, values):
        self.values = values

    def at(self, _):
        return self.values


class Interval:
    """One interval of the regimen, from the time of a dose to the next."""

    def __init__(self, model, solver, row, route, inputs, length):
        self.model, self.solver, self.inputs, self.length = model, solver, inputs, length
        self.row, self.route = row, route
        self.covariates = Constant(row.covariates)
        self.cuts = self.find_cuts()

    def find_cuts(self):
        cuts = {0.0, self.length}
        for entry in self.inputs:
            start = entry.phase(self.length)
            cuts.add(start)
            cuts.add((start + entry.overlap(self.length)[1]) % self.length)
        cuts.update(b for b in self.model.breaks(self.row.covariates, self.clock(0.0)) if 0 < b < self.length)
        return sorted(cuts)

    def clock(self, phase):
        tad = lambda route: phase if route == self.route else 0.0
        latest = {self.route: 0.0}
        return SimpleNamespace(t=self.row.time, tad=tad, dosed=lambda r: r == self.route, latest=latest, amounts={})

    def rates(self, phase):
        rates = np.zeros(len(self.model.states), dtype=self.solver.dtype)
        for entry in self.inputs:
            if entry.duration > 0:
                whole, rest = entry.overlap(self.length)
                since = (phase - entry.phase(self.length)) % self.length
                rates[entry.place] += entry.rate * (whole + (1 if since < rest else 0))
        return rates

    def walk(self, state, dosed=True):
        """The state one interval later; it begins before a bolus at the time of the dose."""
        for start, end in zip(self.cuts, self.cuts[1:]):
            state = state.copy()
            if dosed:
                for entry in self.inputs:
                    if entry.duration == 0 and entry.phase(self.length) == start:
                        state[entry.place] += entry.amount
            middle = (start + end) / 2
            rates = self.rates(middle) if dosed else np.zeros_like(state)
            state = self.solver.flow(self.model, state, start, end, self.covariates, self.clock(middle), rates)
        return state


def steady_state(model, solver, row, route, inputs, length):
    """The state at the time of a dose, before a bolus without lag enters."""
    if model.uses_time:
        raise ValueError("no steady state of equations that change with t")
    interval = Interval(model, solver, row, route, inputs, length)
    if model.linear:
        return by_algebra(interval)
    return by_repetition(interval)


def by_algebra(interval):
    """Linear models: the sum of P^k c over all k, c what one interval leaves of its doses."""
    size = len(interval.model.states)
    zero = np.zeros(size, dtype=interval.solver.dtype)
    total = interval.walk(zero)
    baseline = interval.walk(zero, dosed=False)
    columns = [interval.walk(unit, dosed=False) - baseline for unit in np.eye(size, dtype=interval.solver.dtype)]
    power = np.array(columns).T
    if np.max(np.abs(np.linalg.eigvals(power.astype(float)))) >= 1:
        raise RuntimeError("no steady state")
    while np.max(np.abs(power)) > 1e-40:
        total = total + power @ total
        power = power @ power
    return total


def by_repetition(interval, tolerance=1e-13, most=5000):
    """Any model: intervals from the initial state until nothing changes."""
    state = np.asarray(interval.model.initial(interval.row.covariates), dtype=interval.solver.dtype)
    best, waited = np.inf, 0
    for _ in range(most):
        after = interval.walk(state)
        change = largest_change(state, after)
        state = after
        if change <= tolerance:
            return state
        waited = 0 if change < best else waited + 1
        best = min(best, change)
        if waited > 20 and best < 1e-11:
            return state  # only the rounding of the integrator is left
    raise RuntimeError("no steady state")


def largest_change(before, after):
    size = np.maximum(np.abs(before), np.abs(after))
    size = np.maximum(size, 1e-12 * np.max(size))
    return float(np.max(np.abs(after - before) / np.where(size > 0, size, 1)))


def newton_correction(interval, state):
    """The step that Newton's method would still take from a steady state, relative to the state."""
    size = len(state)
    rest = interval.walk(state) - state
    jacobian = np.zeros((size, size))
    for column in range(size):
        step = 1e-5 * max(abs(state[column]), 1e-3 * np.max(np.abs(state)))
        moved = np.array(state, dtype=float)
        moved[column] += step
        other = np.array(state, dtype=float)
        other[column] -= step
        jacobian[:, column] = (interval.walk(moved) - interval.walk(other)) / (2 * step)
    correction = np.linalg.solve(jacobian - np.eye(size), -rest)
    return largest_change(np.asarray(state, dtype=float), np.asarray(state, dtype=float) + correction)
