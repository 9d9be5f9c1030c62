"""What the tests share."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def model_file() -> Path:
    """A model in a file."""
    return ROOT / "examples" / "models" / "turnover.model"
