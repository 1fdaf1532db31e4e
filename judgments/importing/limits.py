"""How much one import may hold. Every limit is checked while reading, before anything is kept."""

from dataclasses import dataclass

MB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    file_bytes: int = 50 * MB
    decompressed_bytes: int = 200 * MB
    ratio: int = 100
    """Decompressed to compressed size; looked at from the first decompressed megabyte on."""
    rows: int = 200_000
    row_bytes: int = MB
    field_bytes: int = 256 * 1024
    messages: int = 200
    depth: int = 16
    columns: int = 200


ITEMS = Limits()
DATASET = Limits(file_bytes=500 * MB, decompressed_bytes=2_000 * MB, rows=5_000_000)
"""For the tables of a published dataset, which an admin brings in by name."""
