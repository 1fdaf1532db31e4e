# SPDX-License-Identifier: 0BSD
# Permission to use, copy, modify, and/or distribute this file for any purpose with or without fee is hereby granted.
"""Load the tables of this release: `from load import load; ratings = load("ratings", beside="items")`."""

from pathlib import Path

import pandas as pd

HERE = Path(__file__).resolve().parent


def tables() -> list[str]:
    """The names of the tables."""
    return sorted(path.stem for path in (HERE / "data").glob("*.parquet"))


def load(table: str = "ratings", *, beside: str = "", current: bool = False) -> pd.DataFrame:
    """One table as a frame.

    beside: another table whose columns are put beside, matched by its id, such as "items" or "annotators".
    current: only judgments that nothing has replaced, and only first readings.
    """
    frame = pd.read_parquet(HERE / "data" / f"{table}.parquet")
    if current and "is_current" in frame:
        frame = frame[frame["is_current"]]
        frame = frame[frame["occasion"] == 0] if "occasion" in frame else frame
    if beside:
        other = pd.read_parquet(HERE / "data" / f"{beside}.parquet")
        one = beside.rstrip("s")
        frame = frame.merge(other, on=f"{one}_id", how="left", suffixes=("", f"_of_{one}"))
    return frame


if __name__ == "__main__":
    for name in tables():
        print(f"{name:14} {len(load(name)):>10,} rows")
