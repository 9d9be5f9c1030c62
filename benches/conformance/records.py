"""Reads a case: its comment lines, its columns and its rows, as section "Columns" of docs/records.md says."""

import re
from dataclasses import dataclass, field

ITEMS = "ID TIME DV AMT EVID MDV CMT RATE II ADDL SS OCC DVID CENS LIMIT LLOQ EVENT".split()
OTHER_NAMES = {"USUBJID": "ID", "SUBJID": "ID", "AFRLT": "TIME", "ALLOQ": "LLOQ"}
MISSING = {"", ".", "NA"}

# Factors to the unit of the models: h for times, mg for masses.
TIME_UNITS = {"MIN": 1 / 60, "H": 1.0, "D": 24.0, "WK": 168.0}
AMOUNT_UNITS = {"UG": 1e-3, "MG": 1.0, "G": 1e3}


@dataclass
class Row:
    """One record. Amounts are in mg (or the unit of the route), times in h."""

    subject: str
    time: float
    evid: int
    amt: float = 0.0
    rate: float = 0.0
    ii: float = 0.0
    addl: int = 0
    ss: int = 0
    cmt: int = 0
    dvid: str = ""
    event: str = ""
    covariates: dict = field(default_factory=dict)


@dataclass
class Case:
    """A file: the name of its model, what it tests, its options and its subjects in file order."""

    model: str
    sentence: str
    options: list
    subjects: list


def read_case(path, covariate_names):
    """Reads the file at `path`; `covariate_names(model)` gives the names of the model's covariates."""
    comments, header, lines = split_lines(path)
    model = comment_value(comments[0], "model")
    sentence = comments[1].lstrip("# ").strip()
    options = []
    if len(comments) > 2 and comments[2].startswith("# options:"):
        options = comment_value(comments[2], "options").split()
    separator = next(mark for mark in ",;\t" if mark in header)
    columns, factors = find_columns([name.strip() for name in header.split(separator)])
    cells = [[cell.strip() for cell in line.split(separator)] for line in lines]
    names = covariate_names(model)
    rows = [read_row(columns, factors, fields, names) for fields in cells]
    return Case(model, sentence, options, split_subjects(rows))


def split_lines(path):
    """Comment lines before the header, the header, and the lines of data."""
    text = path.read_text(encoding="utf-8-sig")
    lines = [line for line in text.splitlines() if line.strip()]
    first = next(i for i, line in enumerate(lines) if not line.startswith("#"))
    data = [line for line in lines[first + 1 :] if not line.startswith("#")]
    return lines[:first], lines[first], data


def comment_value(line, word):
    found = re.match(rf"#\s*{word}:\s*(.*)$", line)
    if not found:
        raise ValueError(f"expected a comment `# {word}:`, found {line!r}")
    return found.group(1).strip().removesuffix(".model")


def find_columns(header):
    """Positions of all columns by upper-case name, and the factors of time and amount."""
    columns = {name.upper(): place for place, name in enumerate(header)}
    for other, item in OTHER_NAMES.items():
        if item not in columns and other in columns:
            columns[item] = columns[other]
    factors = {
        "TIME": unit_column(columns, "TIME", TIME_UNITS),
        "AMT": unit_column(columns, "AMT", AMOUNT_UNITS),
    }
    return columns, factors


def unit_column(columns, item, units):
    """Finds `TIME_D` where there is no `TIME`, and gives its factor."""
    if item in columns:
        return 1.0
    for unit, factor in units.items():
        if f"{item}_{unit}" in columns:
            columns[item] = columns[f"{item}_{unit}"]
            return factor
    return 1.0


def read_row(columns, factors, fields, covariate_names):
    def text(name):
        place = columns.get(name)
        cell = "" if place is None else fields[place]
        return "" if cell in MISSING else cell

    def number(name):
        return float(text(name) or 0)

    per_time = factors["AMT"] / factors["TIME"]
    rate = number("RATE")
    row = Row(
        subject=text("ID"),
        time=float(text("TIME")) * factors["TIME"],
        evid=0,
        amt=number("AMT") * factors["AMT"],
        rate=rate * per_time if rate > 0 else rate,
        ii=number("II") * factors["TIME"],
        addl=int(number("ADDL")),
        ss=int(number("SS")),
        cmt=int(number("CMT")),
        dvid=text("DVID"),
        event=text("EVENT"),
    )
    row.evid = int(number("EVID")) if "EVID" in columns else implied_evid(row)
    for name in covariate_names:
        if name.upper() in columns:
            cell = text(name.upper())
            row.covariates[name] = float(cell) if cell else None
    return row


def implied_evid(row):
    """R3 for files without a column EVID."""
    constant = row.ss > 0 and (row.rate > 0 or row.rate == -1)
    return 1 if row.amt > 0 or constant else 0


def split_subjects(rows):
    """R1: a subject is a run of consecutive rows with one ID."""
    subjects = []
    for row in rows:
        if not subjects or subjects[-1][-1].subject != row.subject:
            subjects.append([])
        subjects[-1].append(row)
    return subjects


def write_expected(path, values):
    """Puts `values` into the last column, and leaves every other byte as it is."""
    lines = path.read_bytes().decode("utf-8").splitlines(keepends=True)
    data = [i for i, line in enumerate(lines) if line.strip("\ufeff\r\n \t") and not line.lstrip("\ufeff").startswith("#")]
    header, data = lines[data[0]], data[1:]
    if not header.rstrip("\r\n").endswith("EXPECTED") or len(data) != len(values):
        raise ValueError(f"{path}: the last column is not EXPECTED, or rows are missing")
    for i, value in zip(data, values):
        body = lines[i].rstrip("\r\n")
        end = lines[i][len(body) :]
        cut = max(body.rfind(mark) for mark in ",;\t") + 1
        lines[i] = body[:cut] + repr(float(value)) + end
    path.write_bytes("".join(lines).encode("utf-8"))


def read_expected(path):
    """The values that stand in the last column."""
    _, _, lines = split_lines(path)
    return [float(re.split(r"[,;\t]", line)[-1]) for line in lines]
