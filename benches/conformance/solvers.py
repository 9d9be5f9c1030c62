"""Advances the states of a model over a stretch of time without events."""

import numpy as np
from scipy.integrate import solve_ivp

LONG = np.longdouble


def propagator(matrix, duration):
    """exp(matrix*duration) of a matrix without negative entries off its diagonal.

    Adding a multiple of the unit matrix leaves no negative entry, so no digit is lost in the sums.
    """
    size = len(matrix)
    unit = np.eye(size, dtype=LONG)
    shift = LONG(max(0.0, -np.min(np.diag(matrix))))
    halvings = max(0, int(np.ceil(np.log2(max(1e-300, float(shift) * duration)))))
    step = LONG(duration) / 2**halvings
    positive = (np.asarray(matrix, dtype=LONG) + shift * unit) * step
    if np.any(positive < 0):
        raise ValueError("a negative entry off the diagonal")
    result, term, order = unit.copy(), unit.copy(), 0
    while order < 5 or np.max(term) > 1e-24 * np.max(result):
        order += 1
        term = term @ positive / order
        result = result + term
    result = result * np.exp(-shift * step)
    for _ in range(halvings):
        result = result @ result
    return result


def with_inflow(matrix, inflow):
    """The matrix with one more column for a constant inflow, and a row of zeros."""
    size = len(matrix)
    bigger = np.zeros((size + 1, size + 1), dtype=LONG)
    bigger[:size, :size] = matrix
    bigger[:size, size] = inflow
    return bigger


class Exact:
    """Linear models by exponentials of matrices, in extended precision where the machine has it."""

    dtype = LONG

    def flow(self, model, state, start, end, covariates, clock, rates):
        if not model.linear or not covariates.constant:
            return Numeric("DOP853", 3e-14).flow(model, state, start, end, covariates, clock, rates).astype(LONG)
        matrix, inflow = model.system(covariates.at(end), clock)
        exponential = propagator(with_inflow(matrix, np.asarray(inflow, dtype=LONG) + rates), end - start)
        return exponential[:-1, :-1] @ state + exponential[:-1, -1]


class Numeric:
    """Any model by numerical integration."""

    dtype = float

    def __init__(self, method, tolerance):
        self.method = method
        self.tolerance = tolerance

    def flow(self, model, state, start, end, covariates, clock, rates):
        state = np.asarray(state, dtype=float)
        rates = np.asarray(rates, dtype=float)
        slope = self.slope(model, covariates, clock, rates, end)
        solution = solve_ivp(
            slope,
            (start, end),
            state,
            method=self.method,
            rtol=self.tolerance,
            atol=self.tolerance * 1e-3 * model.scale,
        )
        if not solution.success:
            raise RuntimeError(f"{model.name}: {solution.message}")
        return solution.y[:, -1]

    @staticmethod
    def slope(model, covariates, clock, rates, end):
        if not model.linear:
            if covariates.constant:
                equations = model.equations(covariates.at(end), clock)
                return lambda t, y: equations(y) + rates
            return lambda t, y: model.equations(covariates.at(t), clock)(y) + rates
        if covariates.constant:
            matrix, inflow = model.system(covariates.at(end), clock)
            return lambda t, y: matrix @ y + inflow + rates

        def changing(t, y):
            matrix, inflow = model.system(covariates.at(t), clock)
            return matrix @ y + inflow + rates

        return changing
