"""Says loudly, at the end of a run, when the browser checks could not run."""

from web.chromium import find_chromium


def pytest_terminal_summary(terminalreporter):
    if find_chromium() is None:
        terminalreporter.section("THE BROWSER CHECKS DID NOT RUN", sep="!", red=True)
        terminalreporter.line(
            "No Chromium was found. Debian and Ubuntu: sudo apt install chromium fonts-noto-cjk;"
            " or name one: CHROMIUM=/path/to/chromium make test"
        )
