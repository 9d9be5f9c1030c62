"""Plots with matplotlib, which is an extra: ``pip install "thrombopoiesis[plots]"``."""

from __future__ import annotations

from typing import Any

from ._model import Course
from ._results import Result

_DAY = 24.0


def course(of: Course, axes: Any = None, level: float = 50.0) -> Any:
    """The platelet count of a course over elapsed days, with a line at ``level``, 10^9/L. Returns the axes."""
    axes = _axes(axes)
    samples = of.table()
    axes.plot(samples["time_h"] / _DAY, samples["plt_1e9_l"])
    return _labelled(axes, level)


def population(of: Result, axes: Any = None, level: float = 50.0) -> Any:
    """Median and bands of a simulated population over elapsed days. Returns the axes."""
    axes = _axes(axes)
    samples = of.samples
    days = samples["time_h"] / _DAY
    for low, high, shade in (("q05", "q95", 0.2), ("q25", "q75", 0.35)):
        band = samples[f"plt_1e9_l_{low}"], samples[f"plt_1e9_l_{high}"]
        axes.fill_between(days, *band, color="tab:blue", alpha=shade, linewidth=0)
    axes.plot(days, samples["plt_1e9_l_q50"], color="tab:blue")
    return _labelled(axes, level)


def _axes(axes: Any) -> Any:
    if axes is None:
        import matplotlib.pyplot as plt

        return plt.subplots()[1]
    return axes


def _labelled(axes: Any, level: float) -> Any:
    axes.axhline(level, color="0.5", linewidth=0.8)
    axes.set(xlabel="elapsed days", ylabel="platelets, 10^9/L")
    return axes
