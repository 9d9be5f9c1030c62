"""Errors: classes, fields, messages, pickling."""

import pickle

import pytest

import thrombo
from thrombo import errors


@pytest.mark.parametrize(
    ("act", "own", "also", "fields"),
    [
        (lambda: thrombo.Model("mechanistc"), errors.UnknownName, LookupError, {"name": "mechanistc"}),
        (lambda: thrombo.Model("mechanistic", values={"Kc": 1}), errors.UnknownName, LookupError, {"name": "Kc"}),
        (lambda: thrombo.Model("mechanistic", values={"kc": -1}), errors.OutOfRange, ValueError, {"symbol": "kc"}),
        (lambda: thrombo.Regimen("3 mg qd"), errors.SyntaxProblem, ValueError, {"text": "3 mg qd"}),
        (lambda: thrombo.trial("nowhere.toml"), errors.FileAccess, OSError, {"action": "read"}),
        (lambda: thrombo.trial("l_plus_9"), errors.UnknownName, LookupError, {"name": "l_plus_9"}),
        (lambda: thrombo.Model("wang_2010", variant="A"), errors.Contradiction, ValueError, {}),
        (lambda: thrombo.trial("l_plus_2", replicates=0), errors.UsageError, ValueError, {}),
    ],
)
def test_analytic_errors_have_classes_and_fields_and_survive_pickling(act, own, also, fields):
    with pytest.raises(own) as caught:
        act()
    error = caught.value
    assert isinstance(error, also)
    assert str(error) == error.message
    for name, value in fields.items():
        assert getattr(error, name) == value
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), again.fields) == (type(error), str(error), error.fields)
    with pytest.raises(AttributeError):
        _ = error.nothing


def test_analytic_options_are_named_as_arguments():
    with pytest.raises(errors.Contradiction) as caught:
        thrombo.trial("l_plus_2", replicates=2, shard=(1, 2))
    assert "with out" in str(caught.value)
    assert "--" not in str(caught.value)
    # Whole commands stay as they are typed.
    made = errors._make("contradiction", "--seed 1: add shard 2/3 of `thrombo trial x --seed 2`", {})
    assert str(made) == "seed 1: add shard 2/3 of `thrombo trial x --seed 2`"


def test_analytic_problems_of_a_model_text_have_lines():
    with pytest.raises(errors.ModelText) as caught:
        thrombo.Model.from_text("model x\n[parameters]\na = = 3 mg\n")
    problem = caught.value.problems[0]
    assert {"line", "column", "code", "rule", "hint"} <= set(problem)
    assert "model" in problem["path"]


def test_analytic_doubtful_values_are_warned_of():
    with pytest.warns(thrombo.ThromboWarning, match="single patient"):
        window = thrombo.window(subjects=1, variant="B")
    assert any("single patient" in text for text in window.warnings)
