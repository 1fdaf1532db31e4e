"""What can be checked about a deployment without one."""

import re
import tomllib
from pathlib import Path

HERE = Path(__file__).parents[1]


def names_in_pyproject() -> set[str]:
    declared = tomllib.loads((HERE / "pyproject.toml").read_text())["project"]["dependencies"]
    return {re.split(r"[\[<>=~! ]", line)[0].lower().replace("_", "-") for line in declared}


def test_every_dependency_is_pinned_with_hashes_for_the_image():
    pinned = (HERE / "deploy" / "requirements.txt").read_text()
    entries = re.findall(
        r"^([a-z0-9.-]+)(?:\[[a-z,]+\])?==\S+ \\\n(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+", pinned, re.M
    )

    assert names_in_pyproject() <= set(entries)
    assert len(entries) == len(re.findall(r"^[a-z0-9]", pinned, re.M))
    assert "://" not in pinned


def test_the_compose_file_sets_only_variables_that_the_example_explains():
    compose = (HERE / "deploy" / "compose.yaml").read_text()
    example = (HERE / "deploy" / "env.example").read_text()

    for name in set(re.findall(r"\$\{([A-Z_]+)", compose)):
        assert re.search(rf"^(# )?{name}=", example, re.M), name


def test_the_readme_names_both_commands():
    readme = (HERE / "README.md").read_text()

    assert "python3 -m venv .venv && .venv/bin/pip install -e . && .venv/bin/python manage.py demo" in readme
    assert "python3 -m venv .venv && .venv/bin/pip install -e '.[test]' && .venv/bin/pytest" in readme


def test_every_variable_of_the_readme_is_read_somewhere():
    readme = (HERE / "README.md").read_text()
    code = "".join(
        path.read_text() for folder in ("annotate", "judgments", "tests") for path in (HERE / folder).rglob("*.py")
    )

    for name in set(re.findall(r"`(DISSENSUS_[A-Z_]+|DATABASE_URL|REDIS_URL|EMAIL_HOST)", readme)):
        assert f'"{name}"' in code, name
