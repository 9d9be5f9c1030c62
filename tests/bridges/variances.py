"""Reads how patients differ, and how counts are measured, from exported models.

Each function takes a text and gives the numbers in it by name: `var.X` and `cov.X.Y` (X before Y in
the alphabet) of the random effects on the parameters X and Y, `prop` and `add` for the variances of
the residual error, `typical.X` for the typical values that are not fixed.
"""

import math
import re

LOGIT = lambda x, low=0.0, high=1.0: math.log((x - low) / (high - x))
EXPIT = lambda x, low=0.0, high=1.0: low + (high - low) / (1.0 + math.exp(-x))


def key(a, b):
    return f"var.{a}" if a == b else "cov." + ".".join(sorted([a, b]))


def matrix(found, names, rows):
    """Files the rows of a lower triangle, or of single variances."""
    is_triangle = len(rows) > 1 and len(rows[1]) > 1
    for i, row in enumerate(rows):
        assert len(row) == (i + 1 if is_triangle else 1), rows
        first = 0 if is_triangle else i
        for j, number in enumerate(row):
            if number != 0.0 or first + j == i:
                found[key(names[i], names[first + j])] = number


def numbers(line):
    return [float(word) for word in line.split()]


def records(text, comment):
    """The records or blocks of a text: names with bodies, in order."""
    text = re.sub(rf" *{comment}.*", "", text)
    return re.findall(r"^\$(\w+)(.*?)(?=^\$|\Z)", text, re.M | re.S)


def mrgsolve(text):
    found, errors, values = {}, {}, {}
    for name, body in records(text, "//"):
        head, *lines = body.strip().splitlines() or [""]
        labels = re.findall(r"(?<!@)\b(?:ETA_)?(\w+)\b", re.sub(r"@\w+", "", head))
        rows = [numbers(line) for line in lines if name in ("OMEGA", "SIGMA") and line.strip()]
        if name == "OMEGA":
            assert ("@block" in head) == (len(rows) > 1 and len(rows[1]) > 1)
            matrix(found, labels, rows)
        elif name == "SIGMA":
            errors = {label: row[0] for label, row in zip(labels, rows, strict=True)}
        elif name == "PARAM":
            values = {line.split(" : ")[0]: float(line.split(" : ")[1]) for line in lines if line.strip()}
    for symbol in [name[4:] for name in found if name.startswith("var.")]:
        found[f"typical.{symbol}"] = values[f"TV{symbol}"]
    count = re.search(r"double DV = (.*);", text)
    if "PROP" in errors:
        assert "PLT * (1.0 + PROP)" in count[1]
        found["prop"] = errors["PROP"]
    if "ADD" in errors:
        assert count[1].endswith(" + ADD")
        found["add"] = errors["ADD"]
    conc = re.search(r"double DV_CONC = (.*);", text)
    for label, name, part in (("PROP_CONC", "conc_prop", "(1.0 + PROP_CONC)"), ("ADD_CONC", "conc_add", " + ADD_CONC")):
        if label in errors:
            assert part in conc[1]
            found[name] = errors[label]
    return found


def rxode2(text):
    found = {}
    lines = re.search(r"ini\(\{\n(.*?)\n  \}\)", text, re.S)[1].splitlines()
    lines = [line for line in lines if not line.strip().startswith(("label(", "#"))]
    body = re.sub(r",\s*\n\s*", ", ", "\n".join(lines))
    scope = {"log": math.log, "logit": LOGIT, "fixed": lambda x: None}
    thetas = {}
    for line in body.splitlines():
        if " ~ " in line:
            left, right = line.split(" ~ ")
            names = [name.strip().removeprefix("eta.") for name in left.split("+")]
            values = [float(x) for x in right.strip().removeprefix("c(").rstrip(")").split(",")]
            rows = [values[i * (i + 1) // 2:(i + 1) * (i + 2) // 2] for i in range(len(names))]
            matrix(found, names, rows)
        else:
            name, value = line.strip().split(" <- ")
            thetas[name] = eval(value, scope)  # noqa: S307 (the text under test)
    for output, of_theta, of_found in (("PLT", "", ""), ("CONC", "conc.", "conc_")):
        observed = re.search(rf"{output} ~ (.*)", text)
        for part in ("prop", "add"):
            if f"{of_theta}{part}.sd" in thetas:
                assert f"{part}({of_theta}{part}.sd)" in observed[1]
                found[of_found + part] = thetas[f"{of_theta}{part}.sd"] ** 2
        if {of_found + "prop", of_found + "add"} <= found.keys():
            assert observed[1].endswith("+ combined2()")
    for symbol, value, theta in re.findall(r"^ +(\w+) = (.*?(t\w+) \+ eta.*)$", text, re.M):
        back = math.exp if value.startswith("exp(") else lambda x: x
        if value.startswith("expit("):
            ends = [float(end) for end in value.split(")")[0].split(",")[1:]]
            back = lambda x, ends=ends: EXPIT(x, *ends)
        found[f"typical.{symbol}"] = back(thetas[theta])
    return found


def nonmem(text):
    found, variances, free, rows_before, body_of = {}, [], {}, 0, {}
    everything = records(text, ";")
    pk = next(body for name, body in everything if name == "PK")
    on = {int(i): symbol for symbol, i in re.findall(r"^ *(\w+) = .*\bETA\((\d+)\)", pk, re.M)}
    names = {i: "f1" if symbol == "F1I" else symbol.lower() for i, symbol in on.items()}
    for name, body in everything:
        body_of[name] = body
        head, *lines = body.split("\n")
        rows = [numbers(line) for line in lines if name in ("OMEGA", "SIGMA") and line.strip()]
        if name == "OMEGA":
            assert ("BLOCK" in head) == (len(rows) > 1 and len(rows[1]) > 1)
            assert "BLOCK" not in head or int(re.search(r"\d+", head)[0]) == len(rows)
            matrix(found, [names[rows_before + i + 1] for i in range(len(rows))], rows)
            rows_before += len(rows)
        elif name == "SIGMA":
            variances = [row[0] for row in rows]
        elif name == "THETA":
            for i, line in enumerate((line for line in lines if line.strip()), 1):
                if "FIX" not in line:
                    bounds = [float(x) for x in line.strip(" ()").split(",")]
                    assert bounds == sorted(bounds), line
                    free[i] = bounds[min(1, len(bounds) - 1)]
    typical = {int(i): symbol for symbol, i in re.findall(r"^ *(\w+) = THETA\((\d+)\)$", pk, re.M)}
    for i, value in free.items():
        found[f"typical.{typical[i].removeprefix('TV').lower()}"] = value
    lines = re.findall(r"(?:IF \(CMT\.EQ\.\d+\) )?(IPRED|Y) = (.*)", body_of["ERROR"])
    assert "ESTIMATION" in body_of and "METHOD=1 INTER" in body_of["ESTIMATION"]
    prefix, seen = "", set()
    for name, value in lines:
        if name == "IPRED":
            prefix = {"PLT": "", "CONC": "conc_"}[value]
            continue
        for proportional, i in re.findall(r"(IPRED\*)?EPS\((\d+)\)", value):
            found[prefix + ("prop" if proportional else "add")] = variances[int(i) - 1]
            seen.add(int(i))
    assert seen == set(range(1, len(variances) + 1))
    return found


def sbml(text):
    found = {}
    for symbol, value, notes in re.findall(r'<parameter id="(\w+)" value="([^"]*)".*?<p[^>]*>(.*?)</p>', text):
        sd = re.search(r"between patients: (?:log-|logit-)?normal.*?SD (?:of the \w+ )?([\d.e-]+)", notes)
        if sd:
            found[f"var.{symbol}"] = float(sd[1]) ** 2
            found[f"typical.{symbol}"] = float(value)
        for other, covariance in re.findall(r"covariance with (\w+) ([\d.e-]+)", notes):
            found[key(symbol, other)] = float(covariance)
    for part, of in (("prop", "proportional"), ("add", "additive")):
        for output, prefix in (("count", ""), ("concentration", "conc_")):
            sd = re.search(rf"residual error of the {output}:.*?([\d.e-]+) \({of}", text)
            if sd:
                found[prefix + part] = float(sd[1]) ** 2
    return found
