"""What is installed is what is pinned: a build next year is the build of today."""

import re
from importlib.metadata import distributions

from web.paths import ROOT

OWN = {"zeromq-companion", "pip", "setuptools"}


def pins(name):
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    wanted = [line for line in lines if line and not line.startswith(("#", "-e"))]
    assert wanted
    found = {}
    for line in wanted:
        match = re.fullmatch(r"([\w.-]+)==([\w.+!-]+)(?:; [^;]+)?", line)
        assert match, f"{name}: {line!r} is not pinned as name==version"
        found[canonical(match[1])] = match[2]
    return found


def canonical(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def test_constraints_agree_with_requirements():
    constraints = pins("constraints.txt")
    for name, version in pins("requirements.txt").items():
        assert constraints[name] == version


def test_what_is_installed_is_what_is_pinned():
    constraints = pins("constraints.txt")
    installed = {canonical(d.metadata["Name"]): d.version for d in distributions()}
    compared = {n: v for n, v in installed.items() if n in constraints and n not in OWN}
    assert len(compared) > 50
    assert {n: v for n, v in compared.items() if constraints[n] != v} == {}
