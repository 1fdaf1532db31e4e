"""How soon the judging page is ready, painted and saved, in Chromium on a server of its own. Prints milliseconds.

    python -m tests.benchmarks.judging_page [--times N]

What is measured: handlers bound, largest paint, layout shift, key to next paint, first reading to questions,
save to the next page; and on the server the page and the save, with their queries.
"""

import argparse
import os
import sys

HOW_OFTEN = "JUDGING_PAGE_TIMES"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=10)
    import pytest

    os.environ[HOW_OFTEN] = str(parser.parse_args().times)
    return pytest.main(["tests/benchmarks/judging_page_in_chromium.py", "-q", "-s", "--timeout", "600"])


if __name__ == "__main__":
    sys.exit(main())
