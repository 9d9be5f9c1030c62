"""Results: tables of numpy arrays, and the record of the run."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from . import _html
from ._thrombo import Result as _Result

#: Fields of a document that describe the run rather than its result.
_RECORD = (
    "program",
    "data",
    "command",
    "model",
    "population",
    "variant",
    "regimen",
    "seed",
    "integrator",
    "relative_tolerance",
    "absolute_tolerance",
    "inputs",
)


class Table(Mapping[str, np.ndarray]):
    """Columns by name, each a numpy array of equal length: float64, int64, or objects for words.

    A missing number is NaN, a missing word None. ``units`` has the unit of each column.
    """

    def __init__(self, columns: Mapping[str, Any], units: Mapping[str, str] | None = None) -> None:
        self._columns = {name: _array(values) for name, values in columns.items()}
        self.units: dict[str, str] = dict(units or {})

    @classmethod
    def _of(cls, columns: list[tuple[str, str, Any]]) -> Table:
        return cls({name: own for name, _, own in columns}, {name: unit for name, unit, _ in columns})

    def __getitem__(self, name: str) -> np.ndarray:
        return self._columns[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(next(iter(self._columns.values()))) if self._columns else 0

    def to_pandas(self) -> Any:
        """As a ``pandas.DataFrame``; its ``attrs["units"]`` has the units."""
        import pandas as pd

        frame = pd.DataFrame(dict(self._columns))
        frame.attrs["units"] = dict(self.units)
        return frame

    def to_polars(self) -> Any:
        """As a ``polars.DataFrame``."""
        import polars as pl

        return pl.DataFrame({name: _plain(own) for name, own in self._columns.items()})

    def to_arrow(self) -> Any:
        """As a ``pyarrow.Table``."""
        import pyarrow as pa

        return pa.table({name: pa.array(_plain(own)) for name, own in self._columns.items()})

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return self.to_arrow().__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        return f"<Table of {self.rows} rows: {', '.join(self._columns)}>"

    def _repr_html_(self) -> str:
        return _html.table(self)

    def __reduce__(self) -> tuple[Any, ...]:
        return Table, (dict(self._columns), self.units)


def _array(values: Any) -> np.ndarray:
    if isinstance(values, list):
        array = np.empty(len(values), dtype=object)
        array[:] = values
        return array
    return np.asarray(values)


def _plain(array: np.ndarray) -> Any:
    return array.tolist() if array.dtype == object else array


class Result(Mapping[str, Any]):
    """The result of a command: a mapping of its fields, as docs/formats.md names them, with its tables.

    ``tables`` has the tables by name; each is an attribute too, as in ``result.samples``. ``record`` is the record
    of the run, ``outcome`` is done, not_converged, of_a_part or problems, ``warnings`` and ``notes`` are texts.
    """

    def __init__(
        self,
        outcome: str,
        fields: dict[str, Any],
        tables: dict[str, Table],
        notes: list[str],
    ) -> None:
        self.outcome = outcome
        self.tables = tables
        self.notes = notes
        self.warnings: list[str] = list(fields.get("warnings", []))
        self.record: dict[str, Any] = {key: fields[key] for key in _RECORD if key in fields}
        self._fields = {key: own for key, own in fields.items() if key not in ("warnings",)}

    @classmethod
    def _of(cls, result: _Result) -> Result:
        tables = {name: Table._of(columns) for name, columns in result.tables().items()}
        return cls(result.outcome, json.loads(result.fields), tables, result.notes)

    def __getitem__(self, name: str) -> Any:
        return self._fields[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def __getattr__(self, name: str) -> Table:
        tables: dict[str, Table] = self.__dict__.get("tables", {})
        if name in tables:
            return tables[name]
        raise AttributeError(f"the result has no table {name!r}; it has {', '.join(tables) or 'none'}")

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self.tables]

    def __repr__(self) -> str:
        names = ", ".join(self.tables)
        return f"<{self.record.get('command', 'result')}: {self.outcome}; tables {names}>"

    def _repr_html_(self) -> str:
        return _html.result(self)

    def __reduce__(self) -> tuple[Any, ...]:
        fields = {**self._fields, "warnings": self.warnings}
        return Result, (self.outcome, fields, self.tables, self.notes)
