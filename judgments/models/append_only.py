"""Records that are only ever added to: the refusal in Python. The database refuses as well (judgments.guards)."""

from django.db import models

from judgments.errors import AppendOnly


class AppendOnlyQuerySet(models.QuerySet):
    def _refuse(self, act: str):
        raise AppendOnly(f"{self.model.__name__} rows are kept as they are; {act} is refused.")

    def update(self, **kwargs):
        self._refuse("update")

    def bulk_update(self, objs, fields, batch_size=None):
        self._refuse("bulk_update")

    def update_or_create(self, defaults=None, create_defaults=None, **kwargs):
        self._refuse("update_or_create")

    def delete(self):
        self._refuse("delete")

    def _raw_delete(self, using):
        self._refuse("delete")

    def bulk_create(self, objs, *args, update_conflicts=False, **kwargs):
        if update_conflicts:
            self._refuse("bulk_create with update_conflicts")
        return super().bulk_create(objs, *args, **kwargs)


class AppendOnlyModel(models.Model):
    """Base of every record that is never updated and never deleted.

    Each subclass gets database triggers on both engines; see judgments.guards.
    """

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise AppendOnly(f"{type(self).__name__} rows are kept as they are; saving again is refused.")
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise AppendOnly(f"{type(self).__name__} rows are kept as they are; delete is refused.")
