"""Alive and ready: for load balancers, without signing in."""

from django.db import DatabaseError, connection
from django.test import Client

from judgments import guards


def test_alive_needs_no_database(client):
    response = client.get("/healthz")

    assert (response.status_code, response.json()) == (200, {"alive": True})


def test_a_migrated_and_guarded_database_is_ready(db, client):
    response = client.get("/readyz")

    assert (response.status_code, response.json()) == (200, {"ready": True, "problems": []})


def test_a_lost_guard_is_not_ready(db, client):
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER guard_judgments_judgment_delete")

    response = client.get("/readyz")

    assert guards.missing() == ["guard_judgments_judgment_delete"]
    assert response.status_code == 503
    assert response.json() == {"ready": False, "problems": ["The database is not guarded: run migrate."]}


def test_a_missing_migration_is_not_ready(db, client):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'judgments'")

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["problems"] == ["The database is not migrated."]


def test_a_database_that_is_away_is_not_ready(db):
    def refuse(execute, sql, params, many, context):
        raise DatabaseError("gone")

    with connection.execute_wrapper(refuse):
        response = Client().get("/readyz")

    assert response.status_code == 503
    assert response.json()["problems"] == ["The database does not answer."]


def test_nothing_is_posted_to_health(client):
    assert client.post("/healthz").status_code == 405
    assert client.post("/readyz").status_code == 405
