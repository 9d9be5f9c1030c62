"""The lessons run, and the doctest of the front page holds."""

import doctest
import runpy
from pathlib import Path

import pytest
from conftest import ROOT

import thrombo

LESSONS = sorted((ROOT / "python" / "lessons").glob("*.py"))


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_invariant_lessons_run(lesson: Path, tmp_path, monkeypatch, capsys):
    pytest.importorskip("matplotlib").use("agg")
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(lesson), run_name="__main__")
    assert capsys.readouterr().out


def test_invariant_there_are_three_lessons():
    assert len(LESSONS) == 3


def test_val_front_page():
    assert doctest.testmod(thrombo).failed == 0
