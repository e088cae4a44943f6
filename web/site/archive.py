"""Write archives whose bytes depend on nothing but their content."""

from __future__ import annotations

import zipfile
from datetime import datetime
from pathlib import Path


def write_zip(path: Path, files: dict[str, bytes], when: datetime) -> None:
    """Write an archive: the same content and time, the same bytes.

    Parameters
    ----------
    path : Path
        The archive. It is there whole or not at all.
    files : dict of str to bytes
        Names in it, and what they hold, in this order; ``mimetype`` is left uncompressed, as EPUB
        asks.
    when : datetime
        The time that each file gets.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    try:
        with zipfile.ZipFile(part, "w") as archive:
            pack(archive, files, when)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def pack(archive: zipfile.ZipFile, files: dict[str, bytes], when: datetime) -> None:
    """Put files into an open archive, each with the same time and rights."""
    for inside, content in files.items():
        entry = zipfile.ZipInfo(inside, when.timetuple()[:6])
        packed = inside != "mimetype"
        entry.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        entry.create_system = 3  # Unix: the rights below count
        entry.external_attr = 0o100644 << 16
        archive.writestr(entry, content, compresslevel=9)
