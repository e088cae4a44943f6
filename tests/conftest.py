"""What holds for every test: no time limit on an example, and no silence about absent browsers."""

from hypothesis import settings

from web.site.chromium import find_chromium

pytest_plugins = ["tests.browser", "web.tools.times"]

# A busy machine makes single examples slow; that says nothing about what they check.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


def pytest_terminal_summary(terminalreporter):
    if find_chromium() is None:
        terminalreporter.section("THE BROWSER CHECKS DID NOT RUN", sep="!", red=True)
        terminalreporter.line(
            "No Chromium was found. Debian and Ubuntu: sudo apt install chromium fonts-noto-cjk;"
            " or name one: CHROMIUM=/path/to/chromium make test"
        )
