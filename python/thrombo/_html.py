"""What notebooks show."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from ._results import Result, Table

_ROWS = 12


def table(of: Table) -> str:
    """The first rows of a table."""
    heads = "".join(f"<th>{escape(name)}</th>" for name in of)
    shown = range(min(of.rows, _ROWS))
    lines = ("".join(f"<td>{_cell(column[row])}</td>" for column in of.values()) for row in shown)
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    more = f"<p>{of.rows} rows, the first {_ROWS} shown</p>" if of.rows > _ROWS else ""
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>{more}"


def result(of: Result) -> str:
    """The command of a result, its warnings and its tables."""
    warnings = "".join(f"<p><b>warning:</b> {escape(text)}</p>" for text in of.warnings)
    tables = "".join(f"<h4>{escape(name)}</h4>{table(own)}" for name, own in of.tables.items())
    return f"<p><code>{escape(str(of.record.get('command', '')))}</code></p>{warnings}{tables}"


def pairs(of: dict[str, Any]) -> str:
    """Names and values."""
    lines = (f"<tr><th>{escape(str(key))}</th><td>{_cell(own)}</td></tr>" for key, own in of.items())
    return f"<table>{''.join(lines)}</table>"


def curve(days: np.ndarray, values: np.ndarray, label: str) -> str:
    """A curve over elapsed days as SVG, with the ends of both axes."""
    width, height, margin = 480, 220, 42
    top = float(np.nanmax(values)) * 1.05 or 1.0
    x = margin + (width - 1.5 * margin) * days / max(float(days[-1]), 1e-9)
    y = height - margin + (1.5 * margin - height) * np.clip(values, 0.0, top) / top
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
    bottom, right = height - margin, width - margin / 2
    text = "font-family='sans-serif' font-size='12'"
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height}' role='img' "
        f"aria-label='{escape(label)} over elapsed days'>"
        f"<path d='M{margin} {margin / 2}V{bottom}H{right}' fill='none' stroke='#888'/>"
        f"<polyline points='{points}' fill='none' stroke='#0b5394' stroke-width='2'/>"
        f"<text x='{margin - 6}' y='{margin / 2 + 4}' text-anchor='end' {text}>{top:.3g}</text>"
        f"<text x='{margin - 6}' y='{bottom + 4}' text-anchor='end' {text}>0</text>"
        f"<text x='{right}' y='{bottom + 16}' text-anchor='end' {text}>{days[-1]:.3g} d</text>"
        f"<text x='{margin}' y='{height - 8}' {text}>{escape(label)} over elapsed days</text></svg>"
    )


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float | np.floating):
        return f"{value:.6g}"
    return escape(str(value))
