"""WSGI entry point for gunicorn."""

import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

from running.private import write_privately

write_privately()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
import_module("audit.encryption.starting").require_keys()  # which needs the settings
