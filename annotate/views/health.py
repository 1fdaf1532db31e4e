"""For load balancers and people who watch: is the process alive, and can it do its work?"""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import JsonResponse
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from judgments import guards


@never_cache
@require_safe
def alive(request):
    return JsonResponse({"alive": True})


@never_cache
@require_safe
def ready(request):
    """200 when the database answers, is migrated and keeps its guards; else 503 and what is missing."""
    problems = _problems()
    return JsonResponse({"ready": not problems, "problems": problems}, status=503 if problems else 200)


def _problems() -> list[str]:
    try:
        connection.ensure_connection()
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return ["The database is not migrated."]
        return ["The database is not guarded: run migrate."] if guards.missing() else []
    except DatabaseError:
        return ["The database does not answer."]


app_name = "health"
urlpatterns = [path("healthz", alive, name="alive"), path("readyz", ready, name="ready")]
