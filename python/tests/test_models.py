"""Models, regimens and courses."""

import json
import pickle
import subprocess
import sys

import numpy as np
import pytest

import thrombo


def program(*words: str) -> dict:
    """The document of the program that the wheel carries."""
    code = "from thrombo._program import main; main()"
    command = [sys.executable, "-c", code, "--json", *words]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def test_val_course_has_the_samples_of_the_program():
    document = program("simulate", "--regimen", "3 mg qd x7, miss 4", "--every", "1 d", "--set", "kc=115")
    model = thrombo.Model("mechanistic", values={"kc": 115})
    course = thrombo.simulate(model, "3 mg qd x7, miss 4", days=40)
    samples = course.table(24)
    rows = document["tables"]["samples"]
    assert list(samples) == list(rows[0])
    for name, column in samples.items():
        assert np.array_equal(column, [row[name] for row in rows])
    assert course.maximum() == (document["maximum_1e9_l"], document["elapsed_day_of_maximum"])
    assert course.days_at_or_above(50) == document["days_at_or_above"]
    assert samples.units["plt_1e9_l"] == "10^9/L"


def test_analytic_course_is_read_at_any_time():
    course = thrombo.simulate("mechanistic", "3 mg qd x7")
    table = course.at([0, 1.5, 12], states=True)
    assert table["time_h"].tolist() == [0.0, 36.0, 288.0]
    assert any(name.startswith("state_") for name in table)
    assert course.intervals_at_or_above(1000) == []
    assert "<svg" in course._repr_html_()
    assert course.record["model"] == "mechanistic"
    assert course.record["inputs"]
    with pytest.raises(thrombo.errors.ThromboError):
        course.at(41)


def test_invariant_models_and_courses_survive_pickling(model_file):
    for model in (
        thrombo.Model("mechanistic", variant="D", values={"kc": 100}),
        thrombo.Model.from_file(model_file),
        thrombo.Model("wang_2010"),
    ):
        again = pickle.loads(pickle.dumps(model))
        assert again.record == model.record
        assert np.array_equal(again.parameters()["value"], model.parameters()["value"], equal_nan=True)
    course = thrombo.simulate("mechanistic", "3 mg qd x7, stop")
    again = pickle.loads(pickle.dumps(course))
    assert np.array_equal(again.table()["plt_1e9_l"], course.table()["plt_1e9_l"])
    regimen = thrombo.Regimen("3 mg qd x7")
    assert pickle.loads(pickle.dumps(regimen)) == regimen
    assert hash(regimen) == hash(thrombo.Regimen(str(regimen)))
    assert regimen.times_h == [24.0 * day for day in range(7)]


def test_invariant_a_text_is_the_model_of_its_file(model_file):
    model = thrombo.Model.from_text(model_file.read_text())
    table = model.parameters()
    assert {"symbol", "value", "unit", "meaning"} <= set(table)
    assert table["value"].dtype == np.float64
    changed = model.with_values(**{str(table["symbol"][0]): float(table["value"][0]) * 2})
    assert changed.parameters()["value"][0] == 2 * table["value"][0]
    assert "table" in model._repr_html_()


def test_analytic_models_are_listed():
    table = thrombo.models()
    assert "mechanistic" in table["model"].tolist()
    assert "wang_2010" in table["model"].tolist()
    symbols = thrombo.parameters("mechanistic")["symbol"].tolist()
    assert "kc" in symbols
