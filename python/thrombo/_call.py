"""Calls of commands: arguments to words, data frames to texts, warnings and progress to Python."""

from __future__ import annotations

import csv
import io
import math
import os
import warnings
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from . import _thrombo
from ._results import Result
from ._thrombo import Text
from .errors import ThromboWarning

#: Called with the stage of the work, how much is done and how much there is; True shows a bar.
Progress = Callable[[str, int, int], Any] | bool | None


class Words:
    """The words of a command, and the texts in memory that they name."""

    def __init__(self, *words: str) -> None:
        self.words = list(words)
        #: stem, ending and content of each text: what another process needs to hold them too
        self.recipes: list[tuple[str, str, str]] = []

    def add(self, **options: Any) -> Words:
        """Adds options: None and False are left out, True is a flag, lists and dicts are repeated."""
        for name, value in options.items():
            flag = "--" + name.rstrip("_").replace("_", "-")
            for word in _values(value):
                self.words += [flag] if word is True else [f"{flag}={word}"]
        return self

    def text(self, stem: str, ending: str, content: str) -> str:
        """Adds a text in memory and returns its path."""
        self.recipes.append((stem, ending, content))
        return Text(stem, ending, content).path

    def run(self, threads: int | None = None, progress: Progress = None) -> Result:
        """Runs the command."""
        held = [Text(*recipe) for recipe in self.recipes]
        with _Bar(progress) as bar:
            result = Result._of(_thrombo.call(self.words, threads, bar.callback))
        del held
        for text in result.warnings:
            warnings.warn(text, ThromboWarning, stacklevel=3)
        return result


def _values(value: Any) -> list[Any]:
    if value is None or value is False:
        return []
    if isinstance(value, Mapping):
        return [f"{name}={_word(own)}" for name, own in value.items()]
    if isinstance(value, list | tuple):
        return [_word(own) for own in value]
    return [value if value is True else _word(value)]


def _word(value: Any) -> str:
    if isinstance(value, os.PathLike):
        return str(os.fspath(value))
    if isinstance(value, bool):
        return str(value).lower()
    if hasattr(value, "item"):
        value = value.item()
    return number(value) if isinstance(value, float) else str(value)


def number(value: float) -> str:
    """A number as people write it: 35 and not 35.0, so that commands are recorded as they are typed."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


class _Bar:
    """The callback of a run; a bar of tqdm where True is asked for."""

    def __init__(self, progress: Progress) -> None:
        self._bar: Any = None
        self.callback: Callable[[str, int, int], Any] | None = None
        if progress is True:
            from tqdm.auto import tqdm

            self._bar = tqdm()
            self.callback = self._show
        elif callable(progress):
            self.callback = progress

    def _show(self, stage: str, done: int, total: int) -> None:
        self._bar.total = total
        self._bar.set_description(stage, refresh=False)
        self._bar.update(done - self._bar.n)

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()


def records(data: Any) -> str:
    """A data frame (pandas, polars, pyarrow), a table or a dict of columns as CSV; missing values are ``.``."""
    columns = {str(name): _column(own) for name, own in _columns(data)}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return out.getvalue()


def _columns(data: Any) -> Iterable[tuple[Any, Any]]:
    if isinstance(data, Mapping):
        return data.items()
    names = getattr(data, "column_names", None)
    if names is None:
        names = getattr(data, "columns", None)
    if names is None:
        raise TypeError(f"{type(data).__name__} is no data frame: give columns by name")
    return [(name, data[name]) for name in names]


def _column(column: Any) -> list[str]:
    for way in ("to_pylist", "to_list", "tolist"):
        if hasattr(column, way):
            return [_data_cell(value) for value in getattr(column, way)()]
    return [_data_cell(value) for value in column]


def _data_cell(value: Any) -> str:
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return "."
    if isinstance(value, float):
        if math.isnan(value):
            return "."
        return number(value)
    return _word(value)
