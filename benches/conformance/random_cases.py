"""Random lists of records for linear models, the same at every run."""

import random

WEIGHTS = {"wt": (50.0, 95.0)}
SETUPS = {
    # model: (numbers of compartments, those with RATE -1, those with RATE -2, covariates drawn per row)
    "iv1": ([0, 1], [], [], {}),
    "oral1": ([0, 0, 1, 2], [0, 1], [0, 1], {"lagt": (0, 14), "fbio": (0.3, 1.4), "ratec": (5, 40), "durc": (0, 20)}),
    "oral2": ([0, 1, 2, 3], [], [], WEIGHTS),
    "oral2_forward": ([0, 1, 2, 3], [], [], WEIGHTS),
    "oral2_linear": ([0, 1, 2, 3], [], [], WEIGHTS),
    "iv3": ([0, 1, 2, 3, 4], [], [], {}),
    "parallel": ([0, 3], [], [0], {"lagf": (0, 10), "lags": (0, 12), "durc": (0, 16)}),
    "routes": ([0, 1, 2, 3, 4, 5], [2], [2], {}),
    "swapped": ([0, 1, 2], [], [], {}),
    "oral1_ka": ([0, 1, 2], [], [], {"kac": (0.1, 1.5)}),
}
PLAN = [
    ("iv1", 11),
    ("oral1", 21),
    ("oral1", 22),
    ("oral1", 23),
    ("oral1", 24),
    ("oral1", 25),
    ("oral2", 31),
    ("oral2", 32),
    ("oral2", 33),
    ("oral2_forward", 41),
    ("oral2_forward", 42),
    ("oral2_linear", 51),
    ("oral2_linear", 52),
    ("iv3", 61),
    ("iv3", 62),
    ("parallel", 71),
    ("parallel", 72),
    ("routes", 81),
    ("routes", 82),
    ("swapped", 91),
    ("oral1_ka", 101),
    ("oral1_ka", 102),
]
INTERVALS = [6, 8, 12, 24]


def write_random_cases(folder):
    for model, seed in PLAN:
        lines = random_case(model, seed)
        (folder / f"random_{model}_{seed}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def random_case(model, seed):
    draw = random.Random(seed)
    covariates = list(SETUPS[model][3])
    dvid = model == "iv3"
    names = ["ID", "TIME", "EVID", "AMT", "RATE", "II", "ADDL", "SS", "CMT"]
    names += (["DVID"] if dvid else []) + [c.upper() for c in covariates] + ["DV", "EXPECTED"]
    lines = [
        f"# model: {model}.model",
        f"# Random records of all kinds, drawn with seed {seed}.",
        ",".join(names),
    ]
    for subject in range(1, draw.choice([2, 3, 3]) + 1):
        time = draw.choice([-24, 0, 0, 3.5])
        for number in range(draw.randint(14, 19)):
            time, fields = random_row(draw, model, number, time)
            fields += [str(draw.choice([1, 2, 7]))] if dvid else []
            fields += [random_covariate(draw, *SETUPS[model][3][c]) for c in covariates]
            lines.append(",".join([str(subject)] + fields + [".", "0"]))
    return lines


def random_row(draw, model, number, time):
    """The next time and the fields from TIME to CMT."""
    kind = "dose" if number == 0 else draw.choices(
        ["observe", "dose", "steady", "constant", "other", "reset", "reset dose"], [40, 20, 9, 4, 5, 4, 4]
    )[0]
    if kind.startswith("reset") and draw.random() < 0.5:
        time = draw.choice([0, -2, 1.25])
    elif number > 0:
        time += draw.choice([0, 0, 0.5, 1, 2, 4, 6, 8, 12, 24, round(draw.uniform(0.1, 15), 2)])
    evid = {"observe": 0, "other": 2, "reset": 3, "reset dose": 4}.get(kind, 1)
    regimen = ["0"] * 6
    if evid in (1, 4):
        regimen = random_regimen(draw, model, kind)
    return time, [repr(time), str(evid)] + regimen


def random_regimen(draw, model, kind):
    """AMT, RATE, II, ADDL, SS, CMT of a dose."""
    compartments, own_rate, own_duration, _ = SETUPS[model]
    cmt = draw.choice(compartments)
    if kind == "constant" and not (model == "parallel" and cmt == 0):
        rate = -1 if cmt in own_rate and draw.random() < 0.4 else draw.choice([2, 7.5, 20])
        return [str(v) for v in (0, rate, 0, 0, draw.choice([1, 2]), cmt)]
    amt = draw.choice([20, 50, 75, 100, 120])
    rates = [0, 0, amt / draw.choice([0.5, 2, 3, 6, 12, 24, 30])]
    rates += [-1] if cmt in own_rate else []
    rates += [-2] if cmt in own_duration else []
    rate = draw.choice(rates)
    ii = draw.choice(INTERVALS)
    addl = draw.choice([0, 0, 1, 2, 4])
    steady = kind == "steady" or (kind == "reset dose" and draw.random() < 0.3)
    ss = draw.choice([1, 1, 2]) if steady else 0
    if not ss and not addl:
        ii = 0
    return [str(v) for v in (amt, rate, ii, addl, ss, cmt)]


def random_covariate(draw, low, high):
    """Whole and half values often, so that arrivals meet rows."""
    if draw.random() < 0.5:
        return repr(round(draw.uniform(low, high), 2))
    return repr(float(round(draw.uniform(low, high), 1 if high < 5 else 0)))
