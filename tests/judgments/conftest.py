"""Every domain test that touches the database runs on both engines."""

from tests.support.engines import ENGINES

PURE = ("analysis",)
"""Folders of arithmetic, which know no database."""


def pytest_generate_tests(metafunc):
    folder = metafunc.definition.path.parent.name
    if folder not in PURE and {"db", "engine", "committed"} & set(metafunc.fixturenames):
        if "engine" not in metafunc.fixturenames:
            metafunc.fixturenames.insert(0, "engine")
        metafunc.parametrize("engine", ENGINES, indirect=True)
