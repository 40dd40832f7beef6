"""Wiring of the platform: settings, URLs and Celery."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
