import structlog
from structlog.testing import capture_logs


def paths(client, address: str) -> list[str]:
    structlog.reset_defaults()
    with capture_logs() as lines:
        client.get(address)
    return [line["path"] for line in lines if line["event"] == "request"]


def test_codes_that_let_people_in_are_not_logged(client, db):
    assert paths(client, "/join/secret-code/") == ["/join/…"]
    assert paths(client, "/welcome/as/secret-token/") == ["/welcome/as/…"]
    assert paths(client, "/healthz?code=secret") == ["/healthz"]


def test_every_answer_carries_the_id_of_its_request(client):
    first, second = client.get("/healthz")["X-Request-ID"], client.get("/healthz")["X-Request-ID"]

    assert len(first) == len(second) == 32
    assert first != second
