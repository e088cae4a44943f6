"""The first cell of a downloaded notebook: it sees to it that `zmqlab` is there.

A reader who downloads a lesson has no copy of the project. The wheel of the lessons' instruments
(`web.site.wheel`) lies in the folder ``downloads`` of the site; the cell takes it from there, or
from the notebook's own folder or one near it, where there is no network.
"""

from __future__ import annotations

import tomllib
from functools import cache
from typing import Any

from web.paths import DEFAULT_ADDRESS, ROOT, site_address
from zmqlab.words.language import Language, Text

FOLDER = "downloads"
"""Where the wheel lies on a site, beside its languages."""

SOURCE = """\
# {about}
import importlib
import subprocess
import sys
from pathlib import Path

wheel = "{wheel}"
origin = {origin}
for folder in (".", "{folder}", "../{folder}", "../../{folder}"):
    if Path(folder, wheel).is_file():
        origin = str(Path(folder, wheel).resolve())
try:
    import zmqlab
except ModuleNotFoundError:
    pip = [sys.executable, "-m", "pip", "install", "--quiet", origin]
    done = subprocess.run(pip, capture_output=True, text=True)
    if done.returncode:
        why = (done.stderr.strip().splitlines() or ["?"])[-1]
        raise ModuleNotFoundError(
            f"{failed} "
            f"{cure}"
        ) from None
    importlib.invalidate_caches()
    import zmqlab
print("{ready}")
"""
ABOUT = Text(
    en="This lesson needs zmqlab, the lessons' own instruments. Where it is missing, this cell"
    "\n# installs it{place}.",
    ko="이 레슨에는 zmqlab이 필요합니다. 레슨에서 쓰는 도구 모음입니다. 없으면 이 셀이"
    "\n# 설치합니다{place}.",
)
FROM_SITE = Text(en=" from {site}", ko="(출처: {site})")
FROM_NEAR = Text(
    en=" from the file {wheel} beside this notebook",
    ko="(노트북과 같은 폴더에 있는 {wheel} 파일에서)",
)
FAILED = Text(
    en="zmqlab could not be installed from {origin} ({why}).",
    ko="{origin}에서 zmqlab을 설치하지 못했습니다({why}).",
)
CURE = Text(
    en="Put {{wheel}} from the site's folder {folder} beside this notebook and run this cell again",
    ko="사이트의 {folder} 폴더에서 {{wheel}} 파일을 받아 이 노트북 옆에 두고 다시 실행하세요",
)
READY = Text(en="zmqlab is ready", ko="zmqlab을 쓸 수 있습니다")


@cache
def project() -> dict[str, Any]:
    """Return what pyproject.toml says of the project."""
    said = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    table: dict[str, Any] = said["project"]
    return table


def wheel_name() -> str:
    """Return the file name of the wheel that a downloaded notebook asks for."""
    name = project()["name"].replace("-", "_")
    return f"{name}-{project()['version']}-py3-none-any.whl"


def setup_source(language: Language) -> str:
    """Return the source of the cell, with the words in a language."""
    wheel = wheel_name()
    base = site_address()
    site = "" if base == DEFAULT_ADDRESS else f"{base}/{FOLDER}"
    place = FROM_SITE.format(site=site) if site else FROM_NEAR.format(wheel=wheel)
    return SOURCE.format(
        about=ABOUT.format(place=place)[language],
        wheel=wheel,
        folder=FOLDER,
        origin=f'f"{site}/{{wheel}}"' if site else "wheel",
        failed=FAILED[language],
        cure=CURE.format(folder=FOLDER)[language],
        ready=READY[language],
    ).rstrip("\n")
