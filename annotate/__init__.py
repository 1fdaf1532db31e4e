"""The site: everything that knows HTTP."""

from annotate.celery import app as celery_app

__all__ = ["celery_app"]
