"""Nothing that the lesson on security prints or draws holds a secret key.

The recorded run doesn't say which keys it made, so all cells run here once more, solved, with
shorter waits for what does not come.
"""

import asyncio
import html
import json

import nbformat
from zmq.utils import z85

from web.lessons.folders import page_path
from web.lessons.localise import localise, with_solutions
from web.lessons.run import execute
from web.lessons.source import read

PAGE = "17-security"
NOTES_KEYS = """
import zmq

def noting(make=zmq.curve_keypair):
    public, secret = make()
    with open({path!r}, "ab") as file:
        file.write(secret + b"\\n")
    return public, secret

zmq.curve_keypair = noting
"""

SHORTER = {
    "limit=1000": "limit=100",
    "timeout(0.8)": "timeout(0.1)",
    "heard(office, 1500)": "heard(office, 600)",
}
"""Waits of the lesson, each of which runs out at least once."""


def hurried(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return the same notebook with shorter waits."""
    for long, short in SHORTER.items():
        cell = next(cell for cell in notebook.cells if long in cell.source)
        cell.source = cell.source.replace(long, short)
    return notebook


def test_no_output_holds_a_secret_key(tmp_path) -> None:
    path = page_path(PAGE)
    assert path is not None
    notebook = hurried(with_solutions(localise(path, "en")[0], read(path)))
    noted = tmp_path / "keys"
    noted.touch(0o600)
    notes = NOTES_KEYS.format(path=str(noted))
    notebook.cells.insert(0, nbformat.v4.new_code_cell(notes))
    asyncio.run(execute(notebook))
    shown = json.dumps([cell.outputs for cell in notebook.cells if cell.cell_type == "code"])
    assert "took 12480" in shown  # it has run
    secrets = noted.read_bytes().split()
    assert len(secrets) > 20
    for secret in secrets:
        text, octets = secret.decode(), z85.decode(secret)
        forms = text, html.escape(text), json.dumps(text)[1:-1], octets.hex(), octets.hex(" ")
        assert not any(form in shown for form in forms)
