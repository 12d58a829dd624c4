"""What all tests share: hypothesis without clocks, and the folder with the founding pages."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "steady",
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("steady")


@pytest.fixture(scope="session")
def founding() -> Path:
    """The folder that holds `seeds/` and `data/`; skips without it."""
    name = os.environ.get("CLEANER_DATA")
    if not name:
        pytest.skip("CLEANER_DATA does not name a folder with seeds/ and data/")
    return Path(name)
