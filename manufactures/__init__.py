"""The project: kernel of the procedure. The Celery application loads with it so that tasks find their broker."""

from manufactures.celery import app as celery_app

__all__ = ["celery_app"]
