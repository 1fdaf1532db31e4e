import pytest

from annotate.demo import content
from tests.support.written import DEMO, RUBRIC, answers, read


@pytest.fixture(scope="module")
def rubric():
    return read(RUBRIC)


@pytest.fixture(scope="module")
def families():
    return {family["slug"]: family for family in content.families()}


@pytest.fixture(scope="module")
def scenarios(families):
    return {scenario["slug"]: scenario for family in families.values() for scenario in family["scenario"]}


@pytest.fixture(scope="module")
def replies(scenarios):
    return {
        (slug, content.voice(reply)): reply for slug, scenario in scenarios.items() for reply in answers(scenario)
    }


@pytest.fixture(scope="module")
def readers():
    return content.readers()


@pytest.fixture(scope="module")
def reasons():
    return content.written()


@pytest.fixture(scope="module")
def patterns():
    return read(DEMO / "patterns.toml")


@pytest.fixture(scope="module")
def proposals():
    return read(DEMO / "proposals.toml")
