"""pytest plugin of scripts/test.

The earlier steps are told just before pytest's closing line; where nothing may be skipped, a skip fails.
"""

import json
import os

import pytest

TOUT_EXIGER = os.environ.get("REQUIRE_ALL") == "1"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    """A test skipped where nothing may be is a test that failed."""
    return sans_saut((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report():
    """The same for a module skipped as a whole."""
    return sans_saut((yield))


def sans_saut(rapport):
    """Turn a skip into a failure that keeps the reason; an expected failure stays one."""
    if TOUT_EXIGER and rapport.skipped and not hasattr(rapport, "wasxfail"):
        raison = rapport.longrepr[-1] if isinstance(rapport.longrepr, tuple) else rapport.longrepr
        rapport.outcome, rapport.longrepr = "failed", f"Sauté alors que rien ne doit l'être : {raison}"
    return rapport


def pytest_terminal_summary(terminalreporter):
    """The checks that ran before pytest, with their durations: pytest's own closing line stays the last."""
    terminalreporter.section("étapes")
    for nom, secondes, code in json.loads(os.environ.get("BILAN", "[]")):
        terminalreporter.write_line(f"{'ok   ' if code == 0 else 'ÉCHEC'} {secondes:7.1f} s  {nom}")
