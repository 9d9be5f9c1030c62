"""Exceptions: each has ``kind``, ``message`` and the fields of the error, and survives pickling.

A field that an error does not have is not an attribute; ``fields`` is the dict of all.
"""

from __future__ import annotations

import re
from typing import Any


class ThromboWarning(UserWarning):
    """A value that is hardly meant, or a result to be read with care."""


class ThromboError(Exception):
    """What was refused, and what to do about it."""

    def __init__(self, message: str, kind: str = "", fields: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.kind = kind
        self.fields: dict[str, Any] = dict(fields or {})
        if isinstance(self, OSError):
            # an attribute of OSError that is not found among the fields
            OSError.__setattr__(self, "errno", self.fields.get("errno"))

    def __getattr__(self, name: str) -> Any:
        fields = self.__dict__.get("fields", {})
        if name in fields:
            return fields[name]
        raise AttributeError(f"{type(self).__name__} has no field {name!r}")

    def __reduce__(self) -> tuple[Any, ...]:
        return _make, (self.kind, self.message, self.fields)


class UsageError(ThromboError, ValueError):
    """An argument that the function does not know, or a value of the wrong form."""


class OutOfRange(ThromboError, ValueError):
    """A value outside its range: ``symbol``, ``value``, ``unit``, ``range``."""


class UnknownName(ThromboError, LookupError):
    """A name that does not exist: ``what``, ``name``, ``known``."""


class SyntaxProblem(ThromboError, ValueError):
    """A text that does not follow its grammar: ``text``, ``part``, ``rule``."""


class Contradiction(ThromboError, ValueError):
    """Two things that cannot both be had: ``first``, ``second``, ``remedy``."""


class TooLarge(ThromboError, ValueError):
    """Work that needs more memory than there is: ``what``, ``needed_gb``, ``available_gb``."""


class FileProblems(ThromboError, ValueError):
    """Files with problems: ``problems``, each a dict of path, line, key and rule."""


class ModelText(ThromboError, ValueError):
    """A model's text that is wrong: ``problems``, each a dict of path, line, column, code, rule and hint."""


class FileAccess(ThromboError, OSError):
    """A file that could not be read or written: ``path``, ``action``, ``errno``."""


class NotWritten(ThromboError, OSError):
    """A path at which nothing is written: ``path``."""


class IntegrationFailed(ThromboError, ArithmeticError):
    """Equations that could not be integrated: ``time_h``, ``state``, ``reason``."""


class InternalError(ThromboError, RuntimeError):
    """An error in the program; please report it."""


_KINDS: dict[str, type[ThromboError]] = {
    "usage": UsageError,
    "out_of_range": OutOfRange,
    "unknown": UnknownName,
    "syntax": SyntaxProblem,
    "contradiction": Contradiction,
    "too_large": TooLarge,
    "files": FileProblems,
    "model_text": ModelText,
    "io": FileAccess,
    "not_written": NotWritten,
    "integration": IntegrationFailed,
}


def _make(kind: str, message: str, fields: dict[str, Any]) -> ThromboError:
    """The exception of a kind. Options of the command line are named as arguments: ``--seed`` is ``seed``.

    Whole commands, in backquotes, stay as they are typed.
    """
    own = _KINDS.get(kind, InternalError)
    return own(_OPTION.sub(_as_argument, message), kind, fields)


_OPTION = re.compile(r"`thrombo [^`]*`|(?<![\w-])--([a-z][a-z-]*)")


def _as_argument(found: re.Match[str]) -> str:
    return found[0] if found[1] is None else found[1].replace("-", "_")
