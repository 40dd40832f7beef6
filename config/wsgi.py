"""WSGI entry point for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

from running.private import write_privately

write_privately()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
