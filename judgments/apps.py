from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.models.signals import post_migrate


class JudgmentsConfig(AppConfig):
    name = "judgments"
    verbose_name = "Studies and judgments"

    def ready(self) -> None:
        from judgments import checks, guards

        # A migration that rebuilds a table on SQLite drops its triggers without a word,
        # so they are armed again after every migrate.
        post_migrate.connect(guards.arm_after_migrate, sender=self, dispatch_uid="judgments.guards")
        register(checks.database_keeps_its_promises, Tags.database)
