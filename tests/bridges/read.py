#!/usr/bin/env python3
"""Reads exported models and solves them, sharing no code with the program that wrote them.

    python read.py FOLDER...
    python read.py --population FOLDER...

A folder holds one model for every tool: model.cpp (mrgsolve), model.R (rxode2), model.ctl with
model.csv (NONMEM), model.xml (SBML), and course.csv, the course that `thrombo simulate` gives.
For each tool one line is printed:

    FOLDER TOOL PLATELETS CONCENTRATION

with the largest difference from the course: of the platelet count, relative to it; of the
concentration, relative to its maximum. The texts for mrgsolve, rxode2 and NONMEM are read by the
small readers below: parameters, equations, initial state, bioavailability, lag, and the doses and
samples of the example. SBML is checked by libSBML and solved by libRoadRunner.

With --population the models hold a population. A line is FOLDER TOOL NAME VALUE: the variances and
more of `variances.py`, and PLATELETS and CONCENTRATION of one individual, whose random effects and
covariates are the lines `eta NAME VALUE` and `covariate NAME VALUE` of individual.txt.
"""

import csv
import math
import re
import shlex
import sys
from dataclasses import dataclass, field
from pathlib import Path

import variances

import numpy as np
from scipy.integrate import solve_ivp

FUNCTIONS = {"pow": math.pow, "exp": math.exp, "log": math.log, "sqrt": math.sqrt, "expit": variances.EXPIT}
SUBJECTS = 20                   # in the data of a population
RTOL, ATOL = 1e-11, 1e-13       # ATOL is relative to each state's size at the start


@dataclass
class Model:
    """What a text says, every formula in Python."""

    values: dict = field(default_factory=dict)      # parameters
    constant: list = field(default_factory=list)    # statements before the start
    changing: list = field(default_factory=list)    # statements before the rates
    table: list = field(default_factory=list)       # statements for the outputs
    states: list = field(default_factory=list)
    start: dict = field(default_factory=dict)
    rates: dict = field(default_factory=dict)
    share: dict = field(default_factory=dict)       # bioavailability
    lag: dict = field(default_factory=dict)
    doses: list = field(default_factory=list)       # (time, amount, state)
    samples: list = field(default_factory=list)


def formula(text):
    """A formula in Python; every name gets a trailing underscore, as `lambda` is a keyword."""
    text = re.sub(r"\bA\((\d+)\)", r"A\1", text)
    text = re.sub(r"\b(THETA|ETA|EPS)\((\d+)\)", r"\1\2", text).replace("^", "**")
    text = re.sub(r"\bSIGMA\((\d+),(\d+)\)", r"SIGMA\1_\2", text).replace("eta.", "ETA_")
    word = lambda m: m[0].lower() if m[0].lower() in FUNCTIONS else m[0] + "_"
    return re.sub(r"(?<![\w.])[A-Za-z_]\w*", word, text).strip()


def statement(text):
    """`x = ...` or `if (a >= b) x = ...` as a statement of Python."""
    text = text.replace(".GE.", " >= ").replace(".EQ.", " == ")
    chosen = re.fullmatch(r"if ?\((.+?) (>=|==) (.+?)\) \{? ?(\w+) = (.+?) ?\}?", text, re.I)
    if chosen:
        left, right, name, value = map(formula, chosen.group(1, 3, 4, 5))
        return f"{name} = ({value}) if ({left}) {chosen[2]} ({right}) else {name}"
    name, value = text.split("=", 1)
    return f"{formula(name)} = {formula(value)}"


def put(model, text, patterns):
    """Files a statement under the first pattern that its left side has."""
    name, value = (part.strip() for part in text.split("=", 1))
    for pattern, table in patterns:
        found = re.fullmatch(pattern, name)
        if found:
            table[found[1]] = formula(value)
            return
    model.append(statement(text))


def arguments(text):
    """The arguments of a call in R: numbers, vectors and names in quotes."""
    found = {}
    for name, value in re.findall(r"(\w+) = (c\([^)]*\)|\"\w+\"|[^,]+)", text):
        if value.startswith("c("):
            found[name] = [float(number) for number in value[2:-1].split(",")]
        else:
            found[name] = value[1:-1] if value.startswith('"') else float(value)
    return found


def doses(call):
    """The doses of `ev(...)` or `et(...)`."""
    if not call:
        return []
    a = arguments(call[1])
    times, amounts = a.get("time", 0.0), a["amt"]
    if isinstance(times, list):
        return [(t, x, a["cmt"]) for t, x in zip(times, amounts, strict=True)]
    count = int(a.get("addl", 0)) + 1
    return [(times + i * a.get("ii", 0.0), amounts, a["cmt"]) for i in range(count)]


def grid(end, step):
    return [step * i for i in range(int(round(end / step)) + 1)]


def read_mrgsolve(text):
    model = Model()
    model.doses = doses(re.search(r"// +doses <- ev\((.*)\)", text))
    end, delta = re.search(r"end = ([\d.]+), delta = ([\d.]+)", text).groups()
    model.samples = grid(float(end), float(delta))
    text = re.sub(r"//.*", "", text)
    blocks = dict(re.findall(r"^\$(\w+)(.*?)(?=^\$|\Z)", text, re.M | re.S))
    for line in blocks["PARAM"].replace("@annotated", "").strip().splitlines():
        if line:
            name, value, _ = line.split(":")
            model.values[formula(name)] = float(value)
    lines = blocks["CMT"].replace("@annotated", "").strip().splitlines()
    model.states = [line.split(":")[0].strip() for line in lines]

    def statements(block):
        whole = " ".join(blocks[block].split())
        return [re.sub(r"^double ", "", part.strip()) for part in whole.split(";") if part.strip()]

    of_main = [(r"F_(\w+)", model.share), (r"ALAG_(\w+)", model.lag), (r"(\w+)_0", model.start)]
    for part in statements("MAIN"):
        put(model.constant, part, of_main)
    for part in statements("ODE"):
        put(model.changing, part, [(r"dxdt_(\w+)", model.rates)])
    model.table = [statement(part) for part in statements("TABLE")]
    model.values.update(PROP_=0.0, ADD_=0.0, PROP_CONC_=0.0, ADD_CONC_=0.0)
    return model


def read_rxode2(text):
    model = Model()
    model.doses = doses(re.search(r"<- et\((amt .*|time .*)\)", text))
    end, by = re.search(r"seq\(0, ([\d.]+), by = ([\d.]+)\)", text).groups()
    model.samples = grid(float(end), float(by))
    text = re.sub(r" *#.*", "", text)
    ini = re.search(r"ini\(\{\n(.*?)\n +\}\)", text, re.S)
    if ini:
        scope = {"fixed": float, "log": math.log, "logit": variances.LOGIT}
        for name, value in re.findall(r"^ *(\w+) <- (.*)$", ini[1], re.M):
            model.values[formula(name)] = float(eval(value, scope))  # noqa: S307
        for name, value in re.findall(r"^events\$(\w+) <- (.*)$", text, re.M):
            model.values[formula(name)] = float(value)
        body = re.search(r"model\(\{\n(.*?)\n +\}\)", text, re.S)[1]
        body = "\n".join(line for line in body.splitlines() if " ~ " not in line)
    else:
        for line in re.search(r"parameters <- c\((.*?)\n\)", text, re.S)[1].strip().splitlines():
            name, value = line.strip().rstrip(",").split(" = ")
            model.values[formula(name)] = float(value)
        body = re.search(r"rxode2\(\{\n(.*?)\n\}\)", text, re.S)[1]
    kinds = [
        (r"d/dt\((\w+)\)", model.rates),
        (r"(\w+)\(0\)", model.start),
        (r"f\((\w+)\)", model.share),
        (r"alag\((\w+)\)", model.lag),
    ]
    for line in re.sub(r"([-+*/,=]|\() *\n", r"\1 ", body).splitlines():
        line = " ".join(line.split())
        put(model.changing, line, kinds)
    # All statements run at any time; those that the start needs do not depend on the state.
    model.states = list(model.rates)
    model.constant = [f"{formula(state)} = 0.0" for state in model.states] + model.changing
    model.table = model.changing
    return model


def read_nonmem(text, folder):
    model = Model()
    text = re.sub(r" *;.*", "", text).replace("&\n", " ")
    blocks = {}
    for name, body in re.findall(r"^\$(\w+)(.*?)(?=^\$|\Z)", text, re.M | re.S):
        blocks[name] = body.strip().splitlines()
    for i, line in enumerate(blocks["THETA"], 1):
        # The initial estimate stands alone, or between its bounds.
        *lower, value = line.replace("FIX", "").strip(" ()").split(",")[:2]
        model.values[f"THETA{i}_"] = float(value)
    model.values.update(ETA1_=0.0, DV_=0.0, CMT_=0.0)
    for i in range(1, 5):
        model.values.update({f"EPS{i}_": 0.0, f"SIGMA{i}_{i}_": 1.0})
    model.states = re.findall(r"COMP=\((\w+)", "\n".join(blocks["MODEL"]))
    number = r"(\d+)"
    of_pk = [(f"F{number}", model.share), (f"ALAG{number}", model.lag)]
    of_pk.append((rf"A_0\({number}\)", model.start))
    for line in blocks["PK"]:
        put(model.constant, " ".join(line.split()), of_pk)
    for line in blocks["DES"]:
        put(model.changing, " ".join(line.split()), [(rf"DADT\({number}\)", model.rates)])
    model.table = [statement(" ".join(line.split())) for line in blocks["ERROR"]]
    # Compartments are numbers in the equations and in the data.
    model.states = [str(i) for i in range(1, len(model.states) + 1)]
    columns = blocks["INPUT"][0].split()
    with open(folder / shlex.split(blocks["DATA"][0])[0], newline="") as file:
        header, *rows = csv.reader(file)
    assert header == columns, header
    is_population = "ESTIMATION" in blocks
    assert len({row[0] for row in rows}) == (SUBJECTS if is_population else 1)
    for row in rows:
        r = dict(zip(columns, row, strict=True))
        if r["ID"] != "1":
            continue
        model.values.update({formula(name): float(r[name]) for name in columns[7:]})
        if r["EVID"] == "1":
            assert r["MDV"] == "1" and r["DV"] == "."
            model.doses.append((float(r["TIME"]), float(r["AMT"]), r["CMT"]))
        else:
            assert r["MDV"] == "0" and r["AMT"] == "." and (r["DV"] != ".") == is_population
            # A count and a concentration of one time are two records.
            if float(r["TIME"]) not in model.samples[-1:]:
                model.samples.append(float(r["TIME"]))
    return model


def solve(model, is_nonmem):
    """Times, concentrations and counts."""
    names = [f"A{state}_" if is_nonmem else formula(state) for state in model.states]
    scope = dict(FUNCTIONS, **model.values)
    exec("\n".join(model.constant), scope)  # noqa: S102 (the text under test)
    evaluate = lambda text: float(eval(text, scope))  # noqa: S307
    unpack = f"    {', '.join(names)}, = y"
    define = lambda name, lines, result: exec(  # noqa: S102
        "\n".join([f"def {name}(t, y):", unpack, *(f"    {s}" for s in lines), f"    return {result}"]),
        scope,
    )
    define("rates", model.changing, f"[{', '.join(model.rates[state] for state in model.states)}]")
    define("outputs", model.table, "(CONC_, PLT_)")
    y = np.array([evaluate(model.start.get(state, "0.0")) for state in model.states])
    arrivals = sorted(
        (time + evaluate(model.lag.get(state, "0.0")),
         amount * evaluate(model.share.get(state, "1.0")),
         model.states.index(state))
        for time, amount, state in model.doses
    )
    now, rows, left = 0.0, [], list(model.samples)
    for time, amount, index in [*arrivals, (left[-1], 0.0, 0)]:
        time = min(time, model.samples[-1])
        due = [sample for sample in left if sample <= time]
        left = left[len(due):]
        if time > now:
            scale = np.maximum(np.abs(y), 1.0)
            course = solve_ivp(scope["rates"], (now, time), y, method="DOP853", rtol=RTOL,
                               atol=ATOL * scale, t_eval=sorted({*due, time}))
            assert course.success, course.message
            at = dict(zip(course.t, course.y.T, strict=True))
            rows += [(sample, *scope["outputs"](sample, at[sample])) for sample in due]
            now, y = time, at[time].copy()
        else:
            rows += [(sample, *scope["outputs"](sample, y)) for sample in due]
        y[index] += amount
    return np.array(rows)


def solve_sbml(path, end, points):
    import libsbml
    import roadrunner

    document = libsbml.readSBMLFromFile(str(path))
    for category in range(libsbml.LIBSBML_CAT_GENERAL_CONSISTENCY, libsbml.LIBSBML_CAT_INTERNAL_CONSISTENCY + 1):
        document.setConsistencyChecks(category, True)
    document.checkConsistency()
    # Warnings too: those are where units are missing or differ.
    problems = [document.getError(i).getMessage() for i in range(document.getNumErrors())]
    assert not problems, problems
    model = roadrunner.RoadRunner(str(path))
    model.integrator.relative_tolerance = 1e-10
    model.integrator.absolute_tolerance = 1e-12
    model.timeCourseSelections = ["time", "CONC", "PLT"]
    return np.array(model.simulate(0.0, end, points))


def course_of(folder):
    with open(folder / "course.csv", newline="") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    return [np.array([float(row[name]) for row in rows]) for name in ("time_h", "conc_ng_ml", "plt_1e9_l")]


def differences(rows, course, doses):
    """The largest differences of counts and concentrations."""
    times, conc, count = course
    # A tool may show a concentration at the time of a dose after it, the program before it.
    apart = ~np.isin(times, doses)
    assert np.allclose(rows[:, 0], times, rtol=0, atol=1e-9), "samples at other times"
    platelets = np.max(np.abs(rows[:, 2] - count) / count)
    return platelets, np.max(np.abs(rows[:, 1] - conc)[apart]) / max(np.max(conc), 1e-300)


def compare(folder):
    course = course_of(folder)
    text = lambda name: (folder / name).read_text()
    nonmem = read_nonmem(text("model.ctl"), folder)
    courses = {
        "mrgsolve": solve(read_mrgsolve(text("model.cpp")), False),
        "rxode2": solve(read_rxode2(text("model.R")), False),
        "nonmem": solve(nonmem, True),
        "sbml": solve_sbml(folder / "model.xml", course[0][-1], len(course[0])),
    }
    doses = [time for time, _, _ in nonmem.doses]
    for tool, rows in courses.items():
        platelets, concentration = differences(rows, course, doses)
        print(f"{folder.name} {tool} {platelets:.3e} {concentration:.3e}")


def population(folder):
    text = lambda name: (folder / name).read_text()
    individual = [line.split() for line in text("individual.txt").splitlines()]
    nonmem = read_nonmem(text("model.ctl"), folder)
    on = dict(re.findall(r"^ *(\w+) = .*\bETA\((\d+)\)", text("model.ctl"), re.M))
    models = {
        "mrgsolve": (read_mrgsolve(text("model.cpp")), lambda name: f"ETA_{name}_"),
        "rxode2": (read_rxode2(text("model.R")), lambda name: f"ETA_{name}_"),
        "nonmem": (nonmem, lambda name: f"ETA{on['F1I' if name == 'f1' else name.upper()]}_"),
    }
    files = {"mrgsolve": "model.cpp", "rxode2": "model.R", "nonmem": "model.ctl", "sbml": "model.xml"}
    numbers = {tool: getattr(variances, tool)(text(file)) for tool, file in files.items()}
    for tool, (model, eta) in models.items():
        for name in numbers[tool]:
            if name.startswith("var."):
                model.values[eta(name.removeprefix("var."))] = 0.0
        for kind, name, value in individual:
            symbol = formula(name.upper() if tool == "nonmem" else name)
            model.values[eta(name) if kind == "eta" else symbol] = float(value)
        rows = solve(model, tool == "nonmem")
        found = differences(rows, course_of(folder), [time for time, _, _ in nonmem.doses])
        for name, value in zip(("PLATELETS", "CONCENTRATION"), found, strict=True):
            print(f"{folder.name} {tool} {name} {value:.3e}")
    for tool in files:
        for name, value in numbers[tool].items():
            print(f"{folder.name} {tool} {name} {value!r}")


def records(folder):
    """The largest difference of predicted counts from those of the SBML."""
    with open(folder / "predicted.csv", newline="") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    counts = [(float(row["TIME"]), float(row["pred"])) for row in rows if row["EVID"] == "0"]
    times, predicted = np.array(counts).T
    solved = solve_sbml(folder / "model.xml", times[-1], len(times))
    assert np.allclose(solved[:, 0], times, rtol=0, atol=1e-9), "samples at other times"
    print(f"{folder.name} {len(times)} {np.max(np.abs(solved[:, 2] - predicted) / predicted):.3e}")


if __name__ == "__main__":
    kinds = {"--population": population, "--records": records}
    is_named = sys.argv[1] in kinds
    for name in sys.argv[2 if is_named else 1:]:
        kinds.get(sys.argv[1], compare)(Path(name))
