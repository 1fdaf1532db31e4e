"""Every page of a reader, in every look: 1280, 390 and 320 wide, light and dark, forced colours, text twice as large.

    python -m tests.browser.grid [-k WORDS]

Each page empty, filled and refusing is held against the standards, and nothing may have to be scrolled sideways.
The ordinary tests look at each page at 1280 light and 390 dark; this is the rest of it, and takes some minutes.
"""

import os
import sys

LOOKS = [(width, scheme, "") for width in (1280, 390, 320) for scheme in ("light", "dark")]
LOOKS += [(1280, "light", "forced"), (390, "light", "forced"), (1280, "light", "twice"), (390, "dark", "twice")]
USUAL = [(1280, "light", ""), (390, "dark", "")]


def looks() -> list[tuple[int, str, str]]:
    """(width, scheme, what else): forced colours, text twice as large, or nothing. All where the whole was asked for."""
    return LOOKS if os.environ.get("READER_GRID") == "whole" else USUAL


def main() -> int:
    import pytest

    os.environ["READER_GRID"] = "whole"
    return pytest.main(["tests/browser/test_reading_pages.py", "-k", "every_page", "--timeout", "600", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
