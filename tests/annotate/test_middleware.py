def paths(client, caplog, address: str) -> list[str]:
    caplog.clear()
    with caplog.at_level("INFO", logger="annotate.request"):
        client.get(address)
    return [record.msg["path"] for record in caplog.records if record.name == "annotate.request"]


def test_codes_that_let_people_in_are_not_logged(client, caplog, db):
    assert paths(client, caplog, "/join/secret-code/") == ["/join/…"]
    assert paths(client, caplog, "/welcome/as/secret-token/") == ["/welcome/as/…"]
    assert paths(client, caplog, "/healthz?code=secret") == ["/healthz"]


def test_every_answer_carries_the_id_of_its_request(client):
    first, second = client.get("/healthz")["X-Request-ID"], client.get("/healthz")["X-Request-ID"]

    assert len(first) == len(second) == 32
    assert first != second
