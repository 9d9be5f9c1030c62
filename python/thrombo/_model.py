"""Models, and the course of one patient."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from html import escape
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from . import _html, _thrombo
from ._call import Words
from ._results import Table
from ._thrombo import Regimen, Text
from .errors import ThromboWarning

_HOURS = 24.0


class Model:
    """A model with the values of its parameters.

    Parameters
    ----------
    name : str
        A name of :func:`models`, or the path of a model file that ends with ``.model``.
    population : str, optional
        ``cld``, ``healthy``, or a preset of a model file; default: that of the publication.
    variant : str, optional
        A structural variant, such as ``"B"`` of the mechanistic model.
    values : mapping of str to float, optional
        Values of parameters or covariates, in the units of :meth:`parameters`.
    sizes : mapping of str to int, optional
        Sizes of a model file, such as the number of stages of a chain.

    Raises
    ------
    thrombo.errors.UnknownName
        No model, population, variant or symbol of that name.
    thrombo.errors.OutOfRange
        A value outside the range of its parameter.
    thrombo.errors.ModelText
        A file that is not a model, with every problem in ``problems``.
    """

    def __init__(
        self,
        name: str,
        *,
        population: str | None = None,
        variant: str | None = None,
        values: Mapping[str, float] | None = None,
        sizes: Mapping[str, int] | None = None,
        _text: str | None = None,
    ) -> None:
        self._name = os.fspath(name)
        self._text = _text
        self._held = None if _text is None else Text("text", ".model", _text)
        self._chosen = (population, variant)
        self._values = dict(values or {})
        self._sizes = dict(sizes or {})
        path = self._name if self._held is None else self._held.path
        changed = list(self._sizes.items()), list(self._values.items())
        self._model = _thrombo.Model(path, population, variant, *changed)
        for text in self._model.warnings:
            warnings.warn(text, ThromboWarning, stacklevel=2)

    @classmethod
    def from_text(cls, text: str, **options: Any) -> Model:
        """A model from a text in the language of models (docs/model_language.md); options as in the constructor."""
        return cls("", _text=text, **options)

    @classmethod
    def from_file(cls, path: str | os.PathLike[str], **options: Any) -> Model:
        """A model from a file. The text is read now and kept, so that copies in other processes are the same."""
        with open(path, encoding="utf-8") as file:
            return cls.from_text(file.read(), **options)

    def with_values(self, **values: float) -> Model:
        """The same model with other values of parameters or covariates."""
        population, variant = self._chosen
        values = {**self._values, **values}
        return Model(
            self._name, population=population, variant=variant, values=values, sizes=self._sizes, _text=self._text
        )

    @property
    def name(self) -> str:
        """Name of the model."""
        return self._model.name

    @property
    def citation(self) -> str:
        """Where the model was published."""
        return self._model.citation

    @property
    def population(self) -> str:
        """Whom the values describe."""
        return self._model.population

    @property
    def variant(self) -> str | None:
        """The structural variant, if the model has any."""
        return self._model.variant

    @property
    def record(self) -> dict[str, Any]:
        """Program, model, population, variant, values that were changed, and the SHA-256 of every input."""
        program, data, _ = _thrombo.identity()
        return {
            "program": program,
            "data": data,
            "model": self.name,
            "population": self.population,
            "variant": self.variant,
            "values": dict(self._values),
            "sizes": dict(self._sizes),
            "inputs": dict(self._model.inputs),
        }

    def parameters(self) -> Table:
        """Symbol, value, unit, meaning, status, grade and source of every parameter and covariate."""
        names = ("symbol", "value", "unit", "meaning", "status", "grade", "source")
        rows = self._model.entries()
        columns: dict[str, Any] = {name: [row[i] for row in rows] for i, name in enumerate(names)}
        values = [np.nan if value is None else value for value in columns["value"]]
        columns["value"] = np.array(values, dtype=float)
        return Table(columns)

    def _words(self, words: Words) -> Words:
        """Adds the model to the words of a command."""
        path = self._name if self._text is None else words.text("text", ".model", self._text)
        population, variant = self._chosen
        return words.add(
            model=path, population=population, variant=variant, set=self._values, size=self._sizes
        )

    def __repr__(self) -> str:
        changed = "".join(f", {name}={value!r}" for name, value in self._values.items())
        return f"<Model {self.name}, {self.population}{changed}>"

    def _repr_html_(self) -> str:
        return f"<p><b>{self.name}</b>: {escape(self.citation)}</p>{_html.table(self.parameters())}"

    def __reduce__(self) -> tuple[Any, ...]:
        return _model_of, (self._name, self._text, self._chosen, self._values, self._sizes)


def _model_of(
    name: str,
    text: str | None,
    chosen: tuple[str | None, str | None],
    values: dict[str, float],
    sizes: dict[str, int],
) -> Model:
    population, variant = chosen
    return Model(name, population=population, variant=variant, values=values, sizes=sizes, _text=text)


#: Shipped models by name: reading their parameters takes longer than a short simulation.
_SHIPPED: dict[str, Model] = {}


def _shipped(name: str) -> Model:
    model = _SHIPPED.get(name)
    if model is None:
        model = Model(name)
        # A path could change; a name cannot.
        if os.sep not in name:
            _SHIPPED[name] = model
    return model


def as_model(model: Model | str | os.PathLike[str]) -> Model:
    """A model as it is, by its name, or from the file of that path."""
    if isinstance(model, Model):
        return model
    name = os.fspath(model)
    return Model.from_file(name) if name.endswith(".model") else _shipped(name)


def parameters(model: Model | str) -> Table:
    """The parameters of a model: see :meth:`Model.parameters`."""
    return as_model(model).parameters()


class Course:
    """The course of one patient: integrated once, read at any time. See :func:`simulate`."""

    def __init__(self, model: Model, regimen: Regimen, days: float) -> None:
        self.model = model
        self.regimen = regimen
        self.days = days
        self._course = _thrombo.Course(model._model, regimen, _HOURS * days)

    def table(self, every_h: float = 6.0, *, states: bool = False) -> Table:
        """Samples every ``every_h`` hours and just before each dose: time_h, conc_ng_ml, plt_1e9_l and readouts.

        ``states`` adds every state of the model. Shape: one row a time.
        """
        return Table._of(self._course.table(float(every_h), states))

    def at(self, days: ArrayLike, *, states: bool = False) -> Table:
        """Samples at elapsed ``days``, a number or a sequence; the columns of :meth:`table`."""
        times_h = _HOURS * np.atleast_1d(np.asarray(days, dtype=float))
        return Table._of(self._course.at(times_h.tolist(), states))

    @property
    def tables(self) -> dict[str, Table]:
        """The samples of :meth:`table`, under the name ``samples``."""
        return {"samples": self.table()}

    def maximum(self) -> tuple[float, float]:
        """Maximum of the platelet count, 10^9/L, and its elapsed day."""
        return self._course.maximum()

    def days_at_or_above(self, level: float = 50.0) -> float:
        """Days at which the platelet count is at least ``level``, 10^9/L."""
        return self._course.at_or_above(float(level))[0]

    def intervals_at_or_above(self, level: float = 50.0) -> list[tuple[float, float]]:
        """Intervals, in elapsed days, in which the platelet count is at least ``level``, 10^9/L."""
        return self._course.at_or_above(float(level))[1]

    @property
    def stopped_on_visit_day(self) -> float | None:
        """Visit day on which the stopping rule was met, if it was."""
        return self._course.stopped_on_visit_day

    @property
    def record(self) -> dict[str, Any]:
        """The record of the run: program, model, regimen, integrator, tolerances, inputs."""
        _, _, integrator, relative, absolute = self._course.record()
        return {
            **self.model.record,
            "regimen": str(self.regimen),
            "days": self.days,
            "integrator": integrator,
            "relative_tolerance": relative,
            "absolute_tolerance": absolute,
        }

    def __repr__(self) -> str:
        return f"<Course of {self.model.name} under {self.regimen}, {self.days:g} days>"

    def _repr_html_(self) -> str:
        samples = self.table()
        name = "plt_1e9_l" if "plt_1e9_l" in samples else list(samples)[1]
        label = "platelets, 10^9/L" if name == "plt_1e9_l" else name
        return _html.curve(samples["time_h"] / _HOURS, samples[name], label)

    def __reduce__(self) -> tuple[Any, ...]:
        return Course, (self.model, self.regimen, self.days)


def simulate(model: Model | str, regimen: Regimen | str, *, days: float = 40.0) -> Course:
    """Simulate one patient.

    Parameters
    ----------
    model : Model or str
        A model, its name, or the path of its file.
    regimen : Regimen or str
        Doses as people write them, such as ``"3 mg qd x7, miss 4"``; ``"placebo"`` is none.
    days : float
        Length of the simulation, d.

    Raises
    ------
    thrombo.errors.SyntaxProblem
        A regimen that does not follow its grammar.
    thrombo.errors.IntegrationFailed
        Equations that cannot be integrated with these values.
    """
    own = regimen if isinstance(regimen, Regimen) else Regimen(regimen)
    return Course(as_model(model), own, float(days))
