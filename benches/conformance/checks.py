"""What is asserted before a value is written."""

import numpy as np
from scipy.linalg import expm

from events import choose_output, make_input, predict
from solvers import Exact, Numeric, propagator
from steady import Interval, by_algebra, by_repetition, newton_correction
from superposition import eigen_response, oral1_response, oral2_response, superpose

EXACT = Exact()
FIRST = Numeric("DOP853", 3e-14)
SECOND = Numeric("LSODA", 1e-12)
CONSTANT = ["iv1", "iv1_occ", "iv3", "parallel", "depot_and_central", "routes", "swapped"]
SECOND_LINEAR = Numeric("DOP853", 1e-12)


def difference(one, other):
    """The largest difference relative to the value, or to 1e-3 of the largest value if that is more."""
    one, other = np.array(one, dtype=float), np.array(other, dtype=float)
    size = np.maximum(np.abs(one), 1e-3 * np.max(np.abs(one), initial=1e-300))
    return float(np.max(np.abs(one - other) / size, initial=0.0))


def check_propagator():
    """Exponentials of matrices against scipy's, also for long times and equal rates."""
    worst = 0.0
    for matrix in ([[-0.8, 0.0], [0.8, -0.8]], [[-3.0, 0.1, 2.0], [1.0, -0.1, 0.0], [2.0, 0.0, -5.0]]):
        for duration in (1e-6, 0.3, 7.0, 200.0):
            ours = propagator(np.array(matrix), duration).astype(float)
            theirs = expm(np.array(matrix) * duration)
            worst = max(worst, np.max(np.abs(ours - theirs)) / np.max(np.abs(ours)))
    assert worst < 1e-12, worst
    return worst


def closed_response(model):
    """Closed forms of the outputs of a model whose rates are constant."""
    written = {"oral1": oral1_response, "oral2": oral2_response}
    if model.name in written:
        return {"conc": written[model.name]()}
    if model.name not in CONSTANT:
        return None
    matrix, _ = model.system({}, None)
    units = np.eye(len(model.states))
    weights = {o.name: np.array([o.value(unit, {}, None) for unit in units]) for o in model.outputs}
    return {name: eigen_response(matrix, weight) for name, weight in weights.items()}


def check_superposition(models, case, predictions):
    """Closed forms, for the models and files with constant rates."""
    model = models[case.model]
    response = closed_response(model)
    weights = [row.covariates.get("wt", 70.0) for rows in case.subjects for row in rows]
    if response is None or any(weight != 70.0 for weight in weights):
        return None
    worst = 0.0
    for rows, values in zip(case.subjects, predictions):
        closed = superpose(model, response, rows, make_input, lambda row: choose_output(model.outputs, row, None))
        worst = max(worst, difference(values, closed))
    assert worst < 1e-11, (case.sentence, worst)
    return worst


def check_integrators(model, case, changes, chosen, predictions):
    """Another integrator from the first row to the last."""
    solver = SECOND_LINEAR if model.linear else SECOND
    worst = 0.0
    for rows, values in zip(case.subjects, predictions):
        other = predict(model, solver, rows, changes, chosen)
        worst = max(worst, difference(values, other))
    assert worst < 1e-9, (case.sentence, worst)
    return worst


def check_steady_states(models, cases):
    """Linear: algebra against repetition. Others: Newton's method would not move the state."""
    linear, newton = 0.0, 0.0
    for case in cases:
        model = models[case.model]
        for row in (row for rows in case.subjects for row in rows):
            short = row.ii < 0.5  # too many repetitions; closed forms check these
            if row.ss == 0 or row.amt == 0 or row.evid not in (1, 4) or short:
                continue
            route = model.route(row.cmt)
            inputs = [make_input(line, row) for line in route.lines]
            if model.linear:
                interval = Interval(model, EXACT, row, route.name, inputs, row.ii)
                linear = max(linear, difference(by_algebra(interval), by_repetition(interval, 1e-15)))
            else:
                interval = Interval(model, FIRST, row, route.name, inputs, row.ii)
                newton = max(newton, newton_correction(interval, by_repetition(interval)))
    assert linear < 1e-12, linear
    assert newton < 1e-10, newton
    return linear, newton


def check_identities(models, cases, changes):
    """Rows moved in time, and EVID 4 written as EVID 3 and EVID 1, change nothing."""
    worst = 0.0
    for case in cases:
        model = models[case.model]
        if not model.linear or model.uses_time or model.name == "two_rates":
            continue
        for rows in case.subjects:
            plain = predict(model, EXACT, rows, changes(case))
            moved = [replace_row(row, time=row.time + 1024.0) for row in rows]
            worst = max(worst, difference(plain, predict(model, EXACT, moved, changes(case))))
            split, places = split_resets(rows)
            values = predict(model, EXACT, split, changes(case))
            worst = max(worst, difference(plain, [values[place] for place in places]))
    assert worst < 1e-11, worst
    return worst


def replace_row(row, **values):
    return type(row)(**{**vars(row), **values})


def split_resets(rows):
    """EVID 4 as two rows; the places of the original rows among the new ones."""
    split, places = [], []
    for row in rows:
        if row.evid == 4:
            split.append(replace_row(row, evid=3))
            row = replace_row(row, evid=1)
        split.append(row)
        places.append(len(split) - 1)
    return split, places
