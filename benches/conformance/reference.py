"""Computes the expected values of all cases and writes them into the files.

    python reference.py            write the values, the random cases and the list of cases
    python reference.py --verify   compute all values and compare them with those in the files
    python reference.py NAME ..    only the cases whose names contain one of these words
"""

import sys
from pathlib import Path

import checks
from events import predict
from models import all_models
from random_cases import write_random_cases
from records import read_case, read_expected, write_expected

HERE = Path(__file__).parent
LIST_START = "<!-- list of cases, written by reference.py -->\n"


def options(case):
    """The values of the options on the third comment line, by their names."""
    return dict(zip(case.options[::2], case.options[1::2]))


def load(path, models):
    """Reads a case and fills its covariates in: R21, and `--set` for those without a column."""
    case = read_case(path, lambda model: models[model].covariates)
    given = options(case)
    for rows in case.subjects:
        for name in models[case.model].covariates:
            fill(rows, name, given)
    return case


def fill(rows, name, given):
    missing, fixed = given.get("--missing", ""), given.get("--set", "")
    if fixed.startswith(f"{name}="):
        for row in rows:
            row.covariates[name] = float(fixed.split("=")[1])
    elif missing.startswith(f"{name}="):
        for row in rows:
            if row.covariates[name] is None:
                row.covariates[name] = float(missing.split("=")[1])
    elif missing == "carry":
        known = [row.covariates[name] for row in rows if row.covariates[name] is not None]
        last = known[0]
        for row in rows:
            last = row.covariates[name] if row.covariates[name] is not None else last
            row.covariates[name] = last
    if any(row.covariates.get(name) is None for row in rows):
        raise ValueError(f"covariate {name} is missing")


def changes(case, models):
    """How each covariate changes between rows: R7."""
    given = options(case).get("--covariates")
    return {name: given or change for name, (_, change) in models[case.model].covariates.items()}


def predictions(case, models):
    model = models[case.model]
    solver = checks.EXACT if model.linear else checks.FIRST
    chosen = options(case).get("--output")
    return [predict(model, solver, rows, changes(case, models), chosen) for rows in case.subjects]


def compute(path, case, models):
    """The values of one case, checked by a second way."""
    values = predictions(case, models)
    model = models[case.model]
    chosen = options(case).get("--output")
    integrated = checks.check_integrators(model, case, changes(case, models), chosen, values)
    closed = checks.check_superposition(models, case, values)
    print(f"{path.stem:45} integrators {integrated:.1e}" + (f"  closed form {closed:.1e}" if closed is not None else ""))
    return [value for subject in values for value in subject]


def write_list(paths, cases):
    readme = HERE / "README.md"
    text = readme.read_text(encoding="utf-8").split(LIST_START)[0]
    lines = ["| case | model | what it tests |", "|---|---|---|"]
    lines += [f"| `{path.stem}` | {case.model} | {case.sentence} |" for path, case in zip(paths, cases)]
    readme.write_text(text + LIST_START + "\n" + "\n".join(lines) + "\n", encoding="utf-8")


def main():
    verify = "--verify" in sys.argv
    words = [word for word in sys.argv[1:] if word != "--verify"]
    models = all_models()
    folder = HERE / "cases"
    if not verify and not words:
        write_random_cases(folder)
    paths = [path for path in sorted(folder.glob("*.csv")) if not words or any(w in path.stem for w in words)]
    cases = [load(path, models) for path in paths]
    print(f"exponentials agree with scipy within {checks.check_propagator():.1e}")
    values = [compute(path, case, models) for path, case in zip(paths, cases)]
    linear, newton = checks.check_steady_states(models, cases)
    print(f"steady states: algebra against repetition {linear:.1e}, step left by Newton {newton:.1e}")
    identities = checks.check_identities(models, cases, lambda case: changes(case, models))
    print(f"moved in time, EVID 4 split: {identities:.1e}")
    for path, expected in zip(paths, values):
        if verify:
            assert checks.difference(read_expected(path), expected) < 1e-9, path
        else:
            write_expected(path, expected)
    if not verify and not words:
        write_list(paths, cases)
    print(f"{len(paths)} cases, {sum(map(len, values))} predictions")


if __name__ == "__main__":
    main()
