"""Files and mappings that tests write, small and readable."""

import json
from pathlib import Path

ITEMS = 'item,prompt,answer\na,"Is it\nsafe?",Yes.\nb,Who was he?,A friend.\nc,Why?,No reason.\n'
RATINGS = "item,person,care,when\na,p1,1,2024-05-01\na,p2,3,2024-05-02T10:00:00+02:00\nb,p1,2,\nc,p2,,\n"
PEOPLE = "person,age,kept\np1,young,yes\np2,old,no\n"
MAPPING = """
[study]
slug = "small"
title = "A small dataset"
licence = "CC0-1.0"
attribution = "Nobody, 2024"

[items]
file = "items.csv"
key = ["item"]
prompt = "prompt"
response = "answer"

[ratings]
file = "ratings.csv"
key = ["item", "person"]
time = "when"

[annotators]
file = "people.csv"
key = ["person"]

[[dimension]]
column = "care"
level = "ordinal"
points = [1, 2, 3]

[[facet]]
column = "age"

[subset.kept]
where = { kept = ["yes"] }
"""


def jsonl(rows) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def dataset(folder: Path, *, mapping: str = MAPPING, **files: str) -> Path:
    """A small dataset in a folder; its mapping's path. files: other contents, by name without .csv."""
    folder.mkdir(exist_ok=True)
    contents = {"items": ITEMS, "ratings": RATINGS, "people": PEOPLE} | files
    for name, content in contents.items():
        (folder / f"{name}.csv").write_text(content, newline="")
    path = folder / "small.toml"
    path.write_text(mapping)
    return path
