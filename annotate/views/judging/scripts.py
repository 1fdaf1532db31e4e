"""The page's modules in one file, and the worker that opens pages without a network.

Each module becomes a function of its own, called once, after those it imports: the scopes stay apart, the
browser asks once, and nothing has to be built beforehand.
"""

import gzip
import hashlib
import re
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpResponse, HttpResponseNotFound
from django.urls import reverse
from django.views.decorators.http import require_safe

import annotate

FOLDER = Path(annotate.__file__).parent / "static" / "js"
ENTRY = "judging"
_IMPORT = re.compile(r'^import (?:\{([^}]*)\}|\* as (\w+)) from "\./(\w+)\.js";\n', re.M)
_EXPORT = re.compile(r"^export (async function|function|class|const|let) (\w+)", re.M)
_COMMENT = re.compile(r"^\s*//.*\n", re.M)
_INDENT = re.compile(r"^[ \t]+", re.M)


def bundle(entry: str = ENTRY) -> str:
    """The entry module and all it imports, in the order in which they are needed."""
    parts: dict[str, str] = {}
    _gather(entry, parts)
    return "".join(parts.values())


def _gather(name: str, parts: dict[str, str]) -> None:
    if name in parts:
        return
    parts[name] = ""  # Keeps its place from being asked for twice; filled in below, after what it imports.
    source = (FOLDER / f"{name}.js").read_text()
    for _names, _whole, imported in _IMPORT.findall(source):
        _gather(imported, parts)
    del parts[name]
    parts[name] = _wrapped(name, source)


def _wrapped(name: str, source: str) -> str:
    body = _IMPORT.sub(lambda found: f"const {found[2] or f'{{{found[1]}}}'} = {found[3]}_;\n", source)
    names = ", ".join(exported for _kind, exported in _EXPORT.findall(body))
    body = _INDENT.sub("", _COMMENT.sub("", _EXPORT.sub(r"\1 \2", body)))
    return f"const {name}_ = (() => {{\n{body}return {{ {names} }};\n}})();\n"


@cache
def _made() -> tuple[str, bytes, bytes]:
    plain = bundle().encode()
    return hashlib.sha256(plain).hexdigest()[:16], plain, gzip.compress(plain, 9, mtime=0)


def _current() -> tuple[str, bytes, bytes]:
    if settings.DEBUG:
        _made.cache_clear()
    return _made()


def script_address() -> str:
    return reverse("judging:script", args=[_current()[0]])


@require_safe
def script(request, digest):
    """An address names its content: kept by browsers for good, and an old one is not there any more."""
    current, plain, packed = _current()
    if digest != current:
        return HttpResponseNotFound()
    return _answer(request, plain, packed, "public, max-age=31536000, immutable")


@require_safe
def worker(request):
    """Lies under /read/, so that it may answer for the pages there and for no others."""
    plain = (FOLDER / "judging_worker.js").read_bytes()
    return _answer(request, plain, gzip.compress(plain, mtime=0), "no-cache")


def _answer(request, plain: bytes, packed: bytes, caching: str) -> HttpResponse:
    takes_gzip = "gzip" in request.headers.get("Accept-Encoding", "")
    answer = HttpResponse(packed if takes_gzip else plain, content_type="text/javascript; charset=utf-8")
    if takes_gzip:
        answer["Content-Encoding"] = "gzip"
    answer["Content-Length"] = str(len(answer.content))
    answer["Cache-Control"], answer["Vary"] = caching, "Accept-Encoding"
    return answer
