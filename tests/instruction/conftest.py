"""Every deed of this stage leaves all invariants true."""

import pytest


@pytest.fixture(autouse=True)
def _invariants(invariants_verifies):
    """At the end of each test."""
