"""Tells whether this machine is ready for the lessons.

It looks at what a learner needs, and when asked for all, at what only some lessons or a maintainer
of the project need. Each check gives lines: ``[ OK ]``, ``[NOTE]`` for what only some need, or
``[FAIL]`` with the cure. Only the standard library is imported at the top: the doctor has to speak
where pyzmq does not. ``python -m zmqlab.doctor`` works even without Typer.
"""

from __future__ import annotations

import errno
import importlib
import importlib.util
import io
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from zmqlab.words.language import Language, Text, kernel_language

PYTHON = (3, 11)
PYZMQ = (27,)
WAIT = 2000
"""Milliseconds for a message over this machine's own network."""
ROUNDS = 500
CAPABILITIES = ("ipc", "curve", "gssapi", "pgm", "norm", "ws", "draft")
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
CONTAINER_MARKS = (Path("/.dockerenv"), Path("/run/.containerenv"))
INSTALL = f"{Path(sys.executable).name} -m pip install --upgrade --force-reinstall pyzmq"


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's.

    Attributes
    ----------
    state : {" OK ", "NOTE", "FAIL"}
        What stands in the brackets. A note concerns only some uses; a fail has its cure.
    text : Text
        What was found.
    cure : Text or None
        What to do about it.
    """

    state: Literal[" OK ", "NOTE", "FAIL"]
    text: Text
    cure: Text | None = None

    def line(self, language: Language) -> str:
        """Give it as it is printed."""
        cure = f"\n       -> {self.cure[language]}" if self.cure else ""
        return f"[{self.state}] {self.text[language]}{cure}"


def examine(language: Language, everything: bool = False) -> int:
    """Print what was found, line by line.

    Parameters
    ----------
    language : {"en", "ko"}
        The language of the lines.
    everything : bool
        Whether to look also at what only some lessons need, and the project's maintainers.

    Returns
    -------
    int
        0 when the machine is ready, 1 when a line says FAIL.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that can't show Korean, or µ
    failed = 0
    for finding in findings(everything):
        print(finding.line(language), flush=True)
        failed += finding.state == "FAIL"
    end = (
        Text(
            en=f"Not ready yet: {failed} to mend (see the lines marked [FAIL]).",
            ko=f"아직 준비되지 않았습니다. [FAIL] 줄 {failed}개를 먼저 해결하세요.",
        )
        if failed
        else Text(en="This machine is ready.", ko="준비가 끝났습니다.")
    )
    print(end[language])
    return int(failed > 0)


def findings(everything: bool = False) -> Iterator[Finding]:
    """Give what was found, check by check; without pyzmq, what can be told without it."""
    yield python()
    zmq, finding = load_zmq()
    yield finding
    of_sockets: tuple[Callable[[Any], Finding], ...] = (loopback, ipc)
    if everything:
        of_sockets += (capabilities, second_loopback, clock)
    for check in of_sockets if zmq is not None else ():
        yield from _tried(check, zmq)
    yield jupyter()
    yield build_folder(Path("build"))
    yield user()
    if everything:
        yield redis_server()
        yield chromium()
        yield korean_font()


def python() -> Finding:
    """Check the version of Python."""
    version = platform.python_version()
    text = Text(en=f"Python {version}", ko=f"Python {version}")
    if sys.version_info >= PYTHON:
        return Finding(" OK ", text)
    wanted = ".".join(map(str, PYTHON))
    cure = Text(
        en=f"install Python {wanted} or newer, and make the virtual environment again with it",
        ko=f"Python {wanted} 이상을 설치하고, 그것으로 가상 환경을 다시 만드세요",
    )
    return Finding("FAIL", text, cure)


def load_zmq() -> tuple[Any, Finding]:
    """Import pyzmq and check its version; the module is None when it can't be used."""
    cure = Text(en=f"install it: {INSTALL}", ko=f"설치하세요: {INSTALL}")
    if importlib.util.find_spec("zmq") is None:
        text = Text(en="pyzmq is not installed", ko="pyzmq가 설치되어 있지 않습니다")
        return None, Finding("FAIL", text, cure)
    try:
        zmq = importlib.import_module("zmq")
        release: str = zmq.__version__
        versions = f"pyzmq {release}, libzmq {zmq.zmq_version()}"
    except AttributeError:
        where = getattr(sys.modules.get("zmq"), "__file__", None) or "?"
        text = Text(
            en=f"import zmq finds {where}, which is not pyzmq",
            ko=f"import zmq로 pyzmq가 아닌 파일을 불러옵니다: {where}",
        )
        cure = Text(en="rename that file or folder", ko="그 파일이나 폴더의 이름을 바꾸세요")
        return None, Finding("FAIL", text, cure)
    except Exception as error:  # a broken installation fails in many ways
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        text = Text(
            en=f"pyzmq is installed but broken ({reason})",
            ko=f"pyzmq가 설치되어 있지만 불러올 수 없습니다({reason})",
        )
        return None, Finding("FAIL", text, cure)
    text = Text(en=versions, ko=versions)
    if tuple(int(part) for part in release.split(".")[:1]) < PYZMQ:
        wanted = ".".join(map(str, PYZMQ))
        cure = Text(
            en=f"the lessons need pyzmq {wanted} or newer: {INSTALL}",
            ko=f"레슨에는 pyzmq {wanted} 이상이 필요합니다: {INSTALL}",
        )
        return zmq, Finding("FAIL", text, cure)
    return zmq, Finding(" OK ", text)


def capabilities(zmq: Any) -> Finding:
    """Tell what this libzmq was built with; lesson 17 needs curve."""
    has = [name for name in CAPABILITIES if zmq.has(name)]
    lacks = [name for name in CAPABILITIES if name not in has]
    text = Text(
        en=f"libzmq has {', '.join(has) or 'none'} (of the optional; not {', '.join(lacks)})",
        ko=f"libzmq 선택 기능: 있음 {', '.join(has) or '-'} / 없음 {', '.join(lacks) or '-'}",
    )
    if "curve" in has:
        return Finding(" OK ", text)
    cure = Text(
        en=f"the security lesson needs curve; pyzmq's own builds have it: {INSTALL}",
        ko=f"보안 레슨에는 curve가 필요합니다. pyzmq 기본 배포판에는 있습니다: {INSTALL}",
    )
    return Finding("NOTE", text, cure)


def loopback(zmq: Any) -> Finding:
    """Bind to a free port and pass a message over it."""
    endpoint, _ = _round_trips(zmq, "tcp://127.0.0.1:*", 1)
    return Finding(" OK ", Text(en=f"a message over {endpoint}", ko=f"메시지 송수신: {endpoint}"))


def second_loopback(zmq: Any) -> Finding:
    """Look whether 127.0.0.2 is there, for lessons with two addresses."""
    try:
        endpoint, _ = _round_trips(zmq, "tcp://127.0.0.2:*", 1)
    except zmq.ZMQError:
        text = Text(
            en="127.0.0.2 is not there; lessons with two addresses use two ports instead",
            ko="127.0.0.2 주소가 없습니다. 주소 두 개를 쓰는 레슨은 대신 포트 두 개를 씁니다",
        )
        cure = Text(
            en="on macOS, if you want it: sudo ifconfig lo0 alias 127.0.0.2",
            ko="macOS에서 필요하면: sudo ifconfig lo0 alias 127.0.0.2",
        )
        return Finding("NOTE", text, cure)
    return Finding(" OK ", Text(en=f"a message over {endpoint}", ko=f"메시지 송수신: {endpoint}"))


def ipc(zmq: Any) -> Finding:
    """Pass a message over ipc, where there is such a thing."""
    if not zmq.has("ipc"):
        text = Text(
            en="no ipc here; lessons that show it step aside",
            ko="ipc가 없습니다. ipc를 보여 주는 셀은 건너뜁니다",
        )
        cure = Text(en="on Windows, WSL has it", ko="Windows에서는 WSL을 쓰면 됩니다")
        return Finding("NOTE", text, cure)
    with tempfile.TemporaryDirectory(prefix="zmq") as folder:
        try:
            _round_trips(zmq, f"ipc://{folder}/doctor", 1)
        except zmq.ZMQError as error:
            if error.errno != errno.ENAMETOOLONG:
                raise
            home = tempfile.gettempdir()
            text = Text(
                en=f"the path of the folder for temporary files is too long for ipc: {home}",
                ko=f"임시 폴더의 경로가 ipc에 쓰기에 너무 깁니다: {home}",
            )
            cure = Text(
                en="set TMPDIR to a shorter one: export TMPDIR=/tmp",
                ko="TMPDIR을 더 짧은 경로로 바꾸세요: export TMPDIR=/tmp",
            )
            return Finding("FAIL", text, cure)
    return Finding(" OK ", Text(en="a message over ipc", ko="메시지 송수신: ipc"))


def clock(zmq: Any) -> Finding:
    """Tell the clock's step, and the time of a round trip over tcp within this process."""
    step = time.get_clock_info("perf_counter").resolution
    _, times = _round_trips(zmq, "tcp://127.0.0.1:*", ROUNDS)
    middle = statistics.median(times) * 1e6
    late = statistics.quantiles(times, n=100)[-1] * 1e6
    text = Text(
        en=f"a round trip takes {middle:.0f} µs (1 in 100 over {late:.0f} µs); "
        f"the clock's step is {step * 1e9:.0f} ns",
        ko=f"왕복 시간 {middle:.0f} µs(100번 중 한 번은 {late:.0f} µs 이상), "
        f"시계 눈금 {step * 1e9:.0f} ns",
    )
    if step < 1e-5 and middle < 5000:
        return Finding(" OK ", text)
    cure = Text(
        en="measurements will be rough: close what keeps this machine busy",
        ko="측정값이 거칠 수 있습니다. 이 컴퓨터를 바쁘게 하는 프로그램을 닫으세요",
    )
    return Finding("NOTE", text, cure)


def jupyter() -> Finding:
    """Check that Jupyter would find a Python kernel."""
    cure = Text(
        en=f"{Path(sys.executable).name} -m pip install jupyterlab; "
        "in a clone of the project, `make lab` does it",
        ko=f"{Path(sys.executable).name} -m pip install jupyterlab. "
        "프로젝트를 복제했다면 `make lab`으로도 설치됩니다",
    )
    missing = [
        name for name in ("ipykernel", "jupyter_client") if importlib.util.find_spec(name) is None
    ]
    if missing:
        text = Text(
            en=f"no Jupyter kernel ({', '.join(missing)} not installed)",
            ko=f"Jupyter 커널이 없습니다({', '.join(missing)} 미설치)",
        )
        return Finding("FAIL", text, cure)
    try:
        specs = importlib.import_module("jupyter_client.kernelspec")
        where = specs.KernelSpecManager().get_kernel_spec("python3").resource_dir
    except Exception as error:
        text = Text(
            en=f"Jupyter has no usable python3 kernel ({type(error).__name__}: {error})",
            ko=f"쓸 수 있는 python3 커널이 없습니다({type(error).__name__}: {error})",
        )
        return Finding("FAIL", text, cure)
    started = subprocess.run(
        [sys.executable, "-c", "import ipykernel.kernelapp"],
        capture_output=True, text=True, errors="replace", timeout=60, check=False,
    )  # fmt: skip
    if started.returncode:
        reason = (started.stderr.strip().splitlines() or [str(started.returncode)])[-1]
        text = Text(
            en=f"the Jupyter kernel is installed but broken ({reason})",
            ko=f"Jupyter 커널이 설치되어 있지만 불러올 수 없습니다({reason})",
        )
        return Finding("FAIL", text, cure)
    return Finding(" OK ", Text(en=f"Jupyter kernel in {where}", ko=f"Jupyter 커널: {where}"))


def is_root() -> bool:
    """Tell whether this is the system's administrator, as whom JupyterLab will not run."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def in_container() -> bool:
    """Tell whether this runs in a container of Docker's or Podman's."""
    return any(mark.exists() for mark in CONTAINER_MARKS)


def user() -> Finding:
    """Tell what JupyterLab has to be told of this user: root needs leave, a container an address.

    A container's own 127.0.0.1 is not reached from outside.
    """
    settings = "ALLOW_ROOT=1 " * is_root() + "IP=0.0.0.0 " * in_container()
    if not settings:
        return Finding(" OK ", Text(en="an ordinary user", ko="일반 사용자"))
    if is_root():
        text = Text(
            en="you are root; JupyterLab does not run as root unless you allow it",
            ko="root 사용자입니다. JupyterLab은 따로 허용해야 root로 실행됩니다",
        )
    else:
        text = Text(
            en="a container; a browser outside does not reach JupyterLab in it by itself",
            ko="컨테이너 안입니다. 밖의 브라우저에서는 JupyterLab에 바로 접속할 수 없습니다",
        )
    cure = Text(
        en=f"{settings}make lab" + ", with the container's port 8888 published" * in_container(),
        ko=f"{settings}make lab LANGUAGE=ko 명령을 쓰세요"
        + "(컨테이너의 8888번 포트도 열어 두어야 합니다)" * in_container(),
    )
    return Finding("NOTE", text, cure)


def redis_server() -> Finding:
    """Look for Redis, a real broker that lesson 30 compares with."""
    found = shutil.which("redis-server")
    if found is None:
        text = Text(
            en="no redis-server; only lesson 30 compares with it, and goes on without",
            ko="redis-server가 없습니다. 레슨 30에서 비교할 때만 쓰고, 없어도 진행됩니다",
        )
        cure = Text(
            en="if you want it: on Debian or Ubuntu, sudo apt install redis-server; on macOS, "
            "brew install redis",
            ko="필요하면: Debian이나 Ubuntu에서는 sudo apt install redis-server, macOS에서는 "
            "brew install redis",
        )
        return Finding("NOTE", text, cure)
    return Finding(" OK ", Text(en=f"Redis: {found}", ko=f"Redis: {found}"))


def chromium() -> Finding:
    """Look for a Chromium, which only the project's own browser tests need."""
    found = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if found is None and importlib.util.find_spec("playwright") is not None:
        found = _playwright_chromium()
    if found:
        return Finding(" OK ", Text(en=f"Chromium: {found}", ko=f"Chromium: {found}"))
    text = Text(
        en="no Chromium; only the project's browser tests need one",
        ko="Chromium이 없습니다. 프로젝트의 브라우저 테스트에만 필요합니다",
    )
    cure = Text(
        en="if you want to run these: playwright install chromium",
        ko="테스트를 실행하려면: playwright install chromium",
    )
    return Finding("NOTE", text, cure)


def korean_font() -> Finding:
    """Look for a font with Korean letters; macOS and Windows bring theirs."""
    cure = Text(
        en="if you read Korean: on Debian or Ubuntu, sudo apt install fonts-noto-cjk",
        ko="Debian이나 Ubuntu에서는 sudo apt install fonts-noto-cjk 명령으로 설치하세요",
    )
    if sys.platform in ("darwin", "win32"):
        system = Text(en="Korean fonts: the system's own", ko="한글 글꼴: 시스템 글꼴")
        return Finding(" OK ", system)
    lister = shutil.which("fc-list")
    if lister is None:
        text = Text(
            en="can't tell whether a Korean font is there (no fc-list)",
            ko="한글 글꼴이 있는지 알 수 없습니다(fc-list 없음)",
        )
        return Finding("NOTE", text, cure)
    listed = subprocess.run(
        [lister, ":lang=ko", "family"], capture_output=True, text=True, timeout=5, check=False
    )
    families = sorted({line.split(",")[0] for line in listed.stdout.splitlines() if line})
    if not families:
        return Finding("NOTE", Text(en="no Korean font", ko="한글 글꼴이 없습니다"), cure)
    family = next((name for name in families if "KR" in name), families[0])
    return Finding(" OK ", Text(en=f"Korean font: {family}", ko=f"한글 글꼴: {family}"))


def build_folder(folder: Path) -> Finding:
    """Write to the build folder, or see that it can be made; leave nothing in it."""
    home = folder if folder.is_dir() else folder.absolute().parent
    try:
        with tempfile.TemporaryFile(dir=home) as file:
            file.write(b"zmqlab")
    except OSError as error:
        text = Text(
            en=f"can't write to {home.absolute()} ({error.strerror})",
            ko=f"{home.absolute()}: 쓸 수 없습니다({error.strerror})",
        )
        cure = Text(
            en="go to a folder of your own, or take the folder back: "
            f"sudo chown -R $USER {home.absolute()}",
            ko="쓸 수 있는 폴더로 옮겨 가거나, 폴더의 소유자를 바꾸세요: "
            f"sudo chown -R $USER {home.absolute()}",
        )
        return Finding("FAIL", text, cure)
    return Finding(
        " OK ",
        Text(en=f"can write to {home.absolute()}", ko=f"쓸 수 있는 폴더: {home.absolute()}"),
    )


def _tried(check: Callable[[Any], Finding], zmq: Any) -> Iterator[Finding]:
    """Give what a check over sockets finds; when it fails, its name and why."""
    try:
        yield check(zmq)
    except (OSError, RuntimeError, zmq.ZMQError) as error:
        name = check.__name__.replace("_", " ")
        text = Text(en=f"{name}: {error}", ko=f"{name}: {error}")
        cure = Text(
            en="a firewall or a sandbox may hold back this machine's own network: let Python use "
            "127.0.0.1 (and the folder for temporary files, for ipc)",
            ko="방화벽이나 샌드박스가 이 컴퓨터 안의 통신을 막을 수 있습니다. Python이 "
            "127.0.0.1(ipc는 임시 폴더)을 쓸 수 있게 하세요",
        )
        yield Finding("FAIL", text, cure)


def _round_trips(zmq: Any, endpoint: str, rounds: int) -> tuple[str, list[float]]:
    """Send a message there and back, so many times; give the real endpoint and the seconds each."""
    with zmq.Context() as context, context.socket(zmq.PAIR) as one, context.socket(zmq.PAIR) as two:
        for socket in (one, two):
            socket.linger = 0
            socket.rcvtimeo = socket.sndtimeo = WAIT
        one.bind(endpoint)
        real = one.last_endpoint.decode()
        two.connect(real)
        times = []
        for _ in range(rounds):
            start = time.perf_counter()
            two.send(b"there")
            one.recv()
            one.send(b"back")
            two.recv()
            times.append(time.perf_counter() - start)
    return real, times


def _playwright_chromium() -> str | None:
    """Give the Chromium that Playwright has installed, from the folder it keeps them in."""
    homes = {"darwin": "Library/Caches", "win32": "AppData/Local"}
    folder = Path(
        os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
        or Path.home() / homes.get(sys.platform, ".cache") / "ms-playwright"
    )
    return next((str(one) for one in sorted(folder.glob("chromium*-*"))), None)


def main() -> int:
    """Examine this machine, in the language of the environment."""
    return examine(kernel_language(), everything="--all" in sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
