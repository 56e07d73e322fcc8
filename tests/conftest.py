"""Shared fixtures. The product's tests need nothing from outside; reference data is used where it lies at hand."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# The gate runs the same examples each time; `HYPOTHESIS_PROFILE=explore make test` looks for new ones.
settings.register_profile("gate", derandomize=True)
settings.register_profile("explore", derandomize=False, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "gate"))

REPO = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def repo_dir() -> Path:
    return REPO


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The developers' reference data beside the checkout; tests that want it are skipped where it is missing."""
    for base in (REPO.parent, *REPO.parent.parents):
        folder = base / "shared"
        if (folder / "seeds").is_dir() and (folder / "gold").is_dir():
            return folder
    pytest.skip("no reference data beside this checkout")


def pytest_terminal_summary(terminalreporter):
    """Figures that tests have recorded (``record_property("figures", …)``), below the results."""
    for report in terminalreporter.getreports("passed"):
        for name, text in report.user_properties:
            if name == "figures" and report.when == "call":
                terminalreporter.write_line(text)
