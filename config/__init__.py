"""Wiring: settings, URLs, Celery, and the demonstration that joins all apps."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
