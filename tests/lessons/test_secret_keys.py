"""Nothing that the lesson on security prints or draws holds a secret key."""

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


def test_no_output_holds_a_secret_key(tmp_path) -> None:
    path = page_path(PAGE)
    assert path is not None
    notebook = with_solutions(localise(path, "en")[0], read(path))
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
