"""Commands: the same numbers as the program, tables, data frames."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from test_models import program

import thrombo

RECORDS = {
    "ID": [1, 1, 1, 2, 2],
    "TIME": [0.0, 0.0, 48.5, 0.0, 24.0],
    "AMT": [np.nan, 3.0, np.nan, np.nan, np.nan],
    "DV": [40.0, np.nan, 42.25, 30.0, 31.0],
}


def same(table: thrombo.Table, rows: list[dict]) -> None:
    """A table has the numbers of a document's rows."""
    assert list(table) == list(rows[0])
    for name, column in table.items():
        other = [row[name] for row in rows]
        if column.dtype == object:
            assert column.tolist() == [None if own is None else str(own) for own in other]
        else:
            assert np.array_equal(column, np.array(other, dtype=float), equal_nan=True), name


def test_val_trial_has_the_numbers_of_the_program():
    trial = thrombo.trial("l_plus_2", replicates=3, seed=4, threads=2)
    document = program("trial", "l_plus_2", "--replicates", "3", "--seed", "4")
    same(trial.comparisons, document["tables"]["comparisons"])
    assert np.array_equal(trial.endpoints["mean"], [row["mean"] for row in document["tables"]["endpoints"]])
    assert trial["variant_b"] == document["variant_b"]
    assert trial.record["command"] == document["command"]
    assert trial.record["inputs"] == document["inputs"]
    assert trial.outcome == "done"
    assert "<table>" in trial._repr_html_()


def test_val_population_has_the_numbers_of_the_program():
    asked = {"every": "4 d", "cv": {"kc": 0.4}, "seed": 2}
    result = thrombo.simulate_population("mechanistic", "3 mg qd x7", 40, **asked)
    words = ["simulate", "--regimen", "3 mg qd x7", "--subjects", "40", "--every", "4 d", "--cv", "kc=0.4"]
    same(result.samples, program(*words, "--seed", "2")["tables"]["samples"])
    assert (result["subjects"], result["failed"]) == (40, 0)


def test_invariant_data_frames_of_any_kind_are_the_same_records(tmp_path):
    frames = [
        RECORDS,
        pd.DataFrame(RECORDS),
        pl.DataFrame(RECORDS),
        pa.table({name: pa.array(own, from_pandas=True) for name, own in RECORDS.items()}),
    ]
    path = tmp_path / "records.csv"
    path.write_text("ID,TIME,AMT,DV\n1,0,.,40\n1,0,3,.\n1,48.5,.,42.25\n2,0,.,30\n2,24,.,31\n")
    predicted = [
        thrombo.simulate_records(None, data, parameters="calibrated", output="plt").predictions["pred"]
        for data in [*frames, path]
    ]
    for other in predicted[1:]:
        assert np.array_equal(predicted[0], other)
    asked = {"parameters": "calibrated", "individuals": 60, "every": "8 d"}
    one = thrombo.forecast(None, frames[1], **asked)
    two = thrombo.forecast(None, path, **asked)
    for name in ("plt_q50", "p_at_least_level", "effective_size"):
        table = "subjects" if name == "effective_size" else "courses"
        assert np.array_equal(one.tables[table][name], two.tables[table][name])
    with pytest.raises(TypeError):
        thrombo.simulate_records(None, 3, parameters="calibrated")


def test_analytic_tables_become_frames():
    table = thrombo.trial("l_plus_2", replicates=2).endpoints
    frame = table.to_pandas()
    assert list(frame) == list(table)
    assert frame.attrs["units"] == table.units
    assert table.to_polars().height == table.rows == table.to_arrow().num_rows
    assert pl.from_arrow(pa.table(table)).height == table.rows
    assert len(table) == len(table.units)


def test_val_window_fit_export_and_check_answer(tmp_path, model_file):
    window = thrombo.window(baseline=35, subjects=50, variant="B", dose=3, treatment_days=7)
    assert window.days.rows > 10
    assert window["threshold_1e9_l"] == 50
    fit = thrombo.fit(fix=["tmk"], starts=1)
    assert fit["status"] == program("fit", "--fix", "tmk", "--starts", "1")["status"]
    assert {"symbol", "value"} <= set(fit["estimates"][0])
    counts = pd.DataFrame({"time_h": [0.0, 96, 192, 288, 480], "plt_1e9_l": [40.0, 45, 65, 70, 50]})
    assert thrombo.fit(targets=counts, starts=1)["estimates"]
    prior = thrombo.fit(targets=counts, prior="population", variant="B", individuals=300)
    assert {own["symbol"] for own in prior["estimates"]} == {"kc", "tp", "tmk", "f1", "plt0"}
    assert all(0 < own["from_prior"] <= 1 for own in prior["estimates"])
    text = thrombo.export("mechanistic", "rxode2", regimen="3 mg qd x5")["text"]
    assert "rxode2" in text
    assert "text" in thrombo.export(thrombo.Model.from_file(model_file), "sbml")
    path = tmp_path / "wrong.toml"
    path.write_text("schema = 1\n")
    found = thrombo.check(path)
    assert (found["ok"], found.outcome) == (False, "problems")


def test_invariant_models_as_text_run_in_every_command(model_file):
    model = thrombo.Model("petrov_2024")
    text = thrombo.Model.from_text(model_file.read_text())
    assert thrombo.simulate(text, "placebo", days=5).table(24).rows == 6
    exported = thrombo.export(text, "mrgsolve")
    assert exported.record["inputs"] or exported["text"]
    assert model.name == "petrov_2024"
