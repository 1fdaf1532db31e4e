"""Sealing: every file named with its hash, written to the disk, and put in place in one step; and looking at it."""

import hashlib
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pyarrow.parquet as pq

from judgments.errors import ReleaseRefused

MANIFEST = "MANIFEST.sha256"
FACTS = "release.json"
CONTENT = ("data", "csv", "rubrics")
"""Folders whose files make the release's id."""


def sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def files_of(folder: Path) -> list[str]:
    """Paths of all files below the folder, relative to it, sorted."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())


def release_id(folder: Path) -> str:
    """A name made of the content: the hash over the paths and hashes of tables and rubrics."""
    content = [path for path in files_of(folder) if path.split("/")[0] in CONTENT]
    lines = "".join(f"{sha256(folder / path)}  {path}\n" for path in content)
    return "rl_" + hashlib.sha256(lines.encode()).hexdigest()[:32]


def dumps(value: Any) -> bytes:
    """JSON for people: sorted and indented, the same bytes for the same value."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def facts_of(folder: Path) -> dict[str, Any]:
    """release.json of a release folder. Raises FileNotFoundError where there is none."""
    return orjson.loads((folder / FACTS).read_bytes())


def begin(beside: Path) -> Path:
    """An empty folder of our own beside the place where the release will be."""
    beside.parent.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(prefix=f".{beside.name}.", suffix=".unfinished", dir=beside.parent))


def seal(folder: Path, facts: dict[str, Any]) -> None:
    """Write release.json and the manifest, and push everything to the disk."""
    (folder / FACTS).write_bytes(dumps(facts))
    lines = "".join(f"{sha256(folder / path)}  {path}\n" for path in files_of(folder))
    (folder / MANIFEST).write_text(lines, encoding="utf-8", newline="\n")
    for path in [*(folder / name for name in files_of(folder)), *_folders(folder)]:
        _fsync(path)


def place(folder: Path, target: Path) -> None:
    """Move a sealed folder to its place, in one step.

    A release with the same content that is there already stays; anything else there is refused.
    """
    folder.chmod(0o755)
    if target.exists() and any(target.iterdir()):
        if not _is_same(folder, target):
            raise ReleaseRefused(f"{target} holds something else already; a release is never written over.")
        shutil.rmtree(folder)
        return
    os.rename(folder, target)  # Onto an empty folder or onto nothing; else the system refuses.
    _fsync(target.parent)


def _is_same(folder: Path, target: Path) -> bool:
    names = files_of(folder)
    return names == files_of(target) and all(sha256(folder / name) == sha256(target / name) for name in names)


def _folders(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_dir()] + [folder]


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def archive(folder: Path, path: Path) -> None:
    """The folder as a ZIP file: the same bytes for the same release."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    with zipfile.ZipFile(unfinished, "w") as archive:
        for name in files_of(folder):
            entry = zipfile.ZipInfo(f"{path.stem}/{name}", date_time=(1980, 1, 1, 0, 0, 0))
            entry.external_attr = 0o644 << 16
            entry.create_system = 3
            # Parquet is compressed already.
            entry.compress_type = zipfile.ZIP_STORED if name.endswith(".parquet") else zipfile.ZIP_DEFLATED
            with open(folder / name, "rb") as source, archive.open(entry, "w", force_zip64=True) as into:
                shutil.copyfileobj(source, into, 1 << 20)
    _fsync(unfinished)
    os.replace(unfinished, path)


def faults(folder: Path) -> Iterator[str]:
    """What is wrong with a release folder, one sentence each. Nothing yielded: it is as it was sealed."""
    if not (folder / MANIFEST).is_file() or not (folder / FACTS).is_file():
        yield f"{folder} is not a release: it needs {MANIFEST} and {FACTS}."
        return
    named = _manifest(folder)
    present = set(files_of(folder)) - {MANIFEST}
    yield from (f"{name}: missing" for name in sorted(named.keys() - present))
    yield from (f"{name}: not part of the release" for name in sorted(present - named.keys()))
    changed = [name for name in sorted(named.keys() & present) if sha256(folder / name) != named[name]]
    yield from (f"{name}: its content has changed" for name in changed)
    try:
        facts = facts_of(folder)
        yield from _tables_differ(folder, facts)
        if (found := release_id(folder)) != facts["release_id"]:
            yield f"{FACTS}: names {facts['release_id']}, but the tables make {found}"
    except (orjson.JSONDecodeError, KeyError, TypeError):
        yield f"{FACTS}: cannot be read"


def _manifest(folder: Path) -> dict[str, str]:
    lines = (folder / MANIFEST).read_text(encoding="utf-8").splitlines()
    return {name: hash_ for hash_, _, name in (line.partition("  ") for line in lines)}


def _tables_differ(folder: Path, facts: dict[str, Any]) -> Iterator[str]:
    for table in facts["tables"]:
        path = folder / table["path"]
        if not path.is_file():
            continue  # Said already.
        if sha256(path) != table["sha256"]:
            yield f"{table['path']}: not the file that {FACTS} names"
        else:
            rows = pq.ParquetFile(path).metadata.num_rows
            if rows != table["rows"]:
                yield f"{table['path']}: {rows} rows, where {FACTS} says {table['rows']}"
