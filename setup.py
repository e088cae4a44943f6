"""What pyproject.toml can't say: the lessons' own modules are a package of another name."""

from setuptools import find_packages, setup

ROOMS = ["examples*", "purezmq*", "web*", "zmqlab*"]

setup(
    packages=[*find_packages(include=ROOMS), "zmqlab_lessons"],
    package_dir={"zmqlab_lessons": "notebooks"},
    # Each lesson's checkers (the wrong answers that these are tested with stay here); what an
    # example's folder holds beside its programs.
    package_data={"zmqlab_lessons": ["*/*.py"], "examples": ["[!_]*/[!_]*"]},
    exclude_package_data={"zmqlab_lessons": ["*/wrong.py"]},
)
