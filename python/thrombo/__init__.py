"""Pharmacodynamics of thrombopoietin-receptor agonists: models, virtual patients, trials, forecasts.

For research; not for treating patients. Times are elapsed hours (``time_h``) or days, counts 10^9/L,
concentrations ng/mL, doses mg unless a model says otherwise.

>>> import thrombo
>>> course = thrombo.simulate("mechanistic", "3 mg qd x7", days=40)
>>> value, day = course.maximum()
>>> print(f"{value:.1f} at day {day:.1f}")
67.5 at day 12.1
"""

from . import errors
from ._commands import (
    calibrate,
    check,
    export,
    fit,
    forecast,
    merge,
    models,
    simulate_population,
    simulate_records,
    trial,
    validate,
    window,
)
from ._model import Course, Model, parameters, simulate
from ._results import Result, Table
from ._thrombo import Regimen, identity
from .errors import ThromboError, ThromboWarning

__version__: str = identity()[0].split()[-1]

__all__ = [
    "Course",
    "Model",
    "Regimen",
    "Result",
    "Table",
    "ThromboError",
    "ThromboWarning",
    "calibrate",
    "check",
    "errors",
    "export",
    "fit",
    "forecast",
    "merge",
    "models",
    "parameters",
    "simulate",
    "simulate_population",
    "simulate_records",
    "trial",
    "validate",
    "window",
]
