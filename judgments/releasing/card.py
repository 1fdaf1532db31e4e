"""What a person reads beside the tables: the card (README.md), the code book and a loader."""

import csv
import io
import json
from pathlib import Path
from typing import Any

from judgments.releasing.files import Written
from judgments.releasing.people import K
from judgments.releasing.rows import Scope

_ORIGIN = {
    "own": "The judgments were given in Dissensus by people who took part in the study.",
    "imported": "The judgments were published before as a dataset and were imported; its licence decides what is "
    "here, background included, and nothing of it is suppressed.",
    "invented": "The judgments were invented for demonstration. No person gave them.",
}


def write(folder: Path, scope: Scope, written: list[Written], facts: dict[str, Any], wordings: list[dict]) -> None:
    """README.md, codebook.csv and load.py."""
    (folder / "README.md").write_text(readme(scope, written, facts, wordings), encoding="utf-8", newline="\n")
    (folder / "codebook.csv").write_text(codebook(written), encoding="utf-8", newline="")
    loader = (Path(__file__).parent / "load.py").read_text(encoding="utf-8")
    (folder / "load.py").write_text(loader, encoding="utf-8", newline="\n")


def codebook(written: list[Written]) -> str:
    """One row a column: table, name, type, whether it may be null, its list of values, its meaning."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\r\n")
    lines.writerow(["table", "column", "type", "null", "values", "key", "meaning"])
    for one in written:
        for column in one.table.columns:
            key = "yes" if column.name in one.table.key else "no"
            null = "yes" if column.null else "no"
            lines.writerow(
                [one.table.name, column.name, column.type, null, " ".join(column.domain), key, column.meaning]
            )
    return out.getvalue()


def readme(scope: Scope, written: list[Written], facts: dict[str, Any], wordings: list[dict]) -> str:
    sections = [
        f"# {_line(scope.study.title)}",
        _ORIGIN[scope.study.origin],
        *([f"**Content warning.** {scope.study.content_warning}"] if scope.study.content_warning else []),
        _licence(scope),
        _tables(written),
        _reading(),
        _questions(wordings),
        _people(scope, facts),
        _missing(facts),
        _how(facts),
    ]
    return _front_matter(scope, written, facts) + "\n\n".join(sections) + "\n"


def _front_matter(scope: Scope, written: list[Written], facts: dict[str, Any]) -> str:
    """YAML by way of JSON strings, which YAML reads as they are."""
    licence = scope.study.licence
    rows = facts["counts"]["ratings"]
    size = next((name for most, name in _SIZES if rows < most), "n>1M")
    first = sorted(written, key=lambda one: (one.table.name != "ratings", one.table.name))
    lines = ["---", f"pretty_name: {json.dumps(scope.study.title, ensure_ascii=False)}"]
    lines.append(f"license: {json.dumps(licence.lower())}" if licence else "license: unknown")
    lines += ["tags:", "- disagreement", "- human-judgment", f"size_categories:\n- {size}", "configs:"]
    for number, one in enumerate(first):
        lines += [f"- config_name: {one.table.name}", f"  data_files: {one.parquet}"]
        lines += ["  default: true"] if number == 0 else []
    return "\n".join([*lines, "---", "", ""])


_SIZES = [(1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M")]


def _licence(scope: Scope) -> str:
    study = scope.study
    said = f"Licence: {study.licence}." if study.licence else "No licence given: ask before you share it."
    parts = ["## Licence and attribution", said, *([study.attribution] if study.attribution else [])]
    return "\n\n".join([*parts, "`load.py` is 0BSD: use it as you like."])


def _tables(written: list[Written]) -> str:
    lines = ["## Tables", "", "| table | rows | what it holds |", "| --- | ---: | --- |"]
    lines += [f"| [{one.table.name}]({one.parquet}) | {one.rows:,} | {one.table.meaning} |" for one in written]
    return "\n".join(lines) + (
        "\n\nEach table is in `data/` as Parquet (lossless, types and nulls kept) and in `csv/`. `codebook.csv` "
        "explains every column, `rubrics/` has the exact wording, `release.json` says how the release was made."
    )


def _reading() -> str:
    return """## Reading it

```python
import pandas as pd

ratings = pd.read_parquet("data/ratings.parquet")
```

or `from load import load; ratings = load("ratings", beside="items")`.

A judgment is one reading of one item by one person; it has one rating for each question that was answered. A rating
is one place (`point`), a range (`low`, `high`), both ways (`both_a`, `both_b`), any of several (`labels_json`), or
“not this” with a `reason`. Revisions stay: take `is_current` for what stands, and `occasion == 0` for first readings.
There is no answer key, and no column that makes one answer of several: where people differ, that is the data.

CSV files are UTF-8 with CRLF; an empty cell is null; times are UTC. A text cell that a spreadsheet could take for a
formula, or that begins with an apostrophe, has one apostrophe before it; take one off to read it."""


def _questions(wordings: list[dict]) -> str:
    lines = ["## The questions"]
    for wording in wordings:
        lines += ["", f"### {_line(wording['title'])} ({wording['rubric']}, version {wording['version']})"]
        for dimension in wording["dimensions"]:
            points = " · ".join(_line(point["text"]) for point in dimension["points"])
            said = f"- **{dimension['slug']}** ({dimension['level']}): {_line(dimension['question'])}"
            lines.append(said + (f" {points}" if points else ""))
    return "\n".join(lines)


def _people(scope: Scope, facts: dict[str, Any]) -> str:
    privacy = facts["privacy"]
    lines = ["## People", "", f"{facts['counts']['annotators']:,} people, each under a code name and a pseudonym."]
    if scope.people.facets:
        asked = ", ".join(_line(facet.title) for facet in scope.people.facets)
        lines.append(f"Background: {asked}. `not_asked`, `not_available` and `suppressed` are no answers.")
    if privacy["k"] is not None:
        lines.append(
            f"Background of people who took part is here by their consent alone; no combination is shared by fewer "
            f"than {K} people: {privacy['cells_suppressed']:,} cells are suppressed."
        )
    lines.append(privacy["words"])
    return "\n".join(lines)


def _missing(facts: dict[str, Any]) -> str:
    left = facts["left_out"]
    lines = ["## What is not here", ""]
    lines.append(f"- People who did not agree to publication: {left['people']:,}.")
    lines.append(f"- Judgments left out with them: {left['without_consent_to_publish']:,}.")
    lines.append(f"- Judgments their authors took back: {left['withdrawn']:,}.")
    lines.append(
        f"- Judgments of items or imports that were taken down: {left['item_hidden'] + left['import_discarded']:,}."
    )
    if facts["models"] != "given":
        lines.append("- Which model wrote which response: withheld until the study is closed.")
    return "\n".join(lines)


def _how(facts: dict[str, Any]) -> str:
    lines = [
        "## How it was made", "",
        f"Release `{facts['release_id']}`, as of {facts['created']}, event {facts['snapshot']['event_number']} of "
        f"the study's history (`{facts['snapshot']['chain_head']}`). The same data give the same bytes.", "",
        "Before it was sealed, its files were read again and Krippendorff's alpha computed from them by the "
        f"`krippendorff` library; it equals ours to {facts['self_check']['tolerance']}:", "",
        "| question | metric | alpha | items | people | ratings |", "| --- | --- | ---: | ---: | ---: | ---: |",
    ]  # fmt: skip
    for row in facts["self_check"]["dimensions"]:
        value = "not defined" if row["alpha"] is None else f"{row['alpha']:.3f}"
        n_items, n_people, n_ratings = row["n_items"], row["n_annotators"], row["n_ratings"]
        lines.append(
            f"| {row['dimension']} | {row['metric']} | {value} | {n_items:,} | {n_people:,} | {n_ratings:,} |"
        )
    return "\n".join(lines) + "\n\n`sha256sum -c MANIFEST.sha256` finds a changed byte."


def _line(text: str) -> str:
    """Text within one line of Markdown, so that a title can make neither headings nor tables."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
