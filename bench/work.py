"""Run one measured task in a process of its own: `python -m bench.work MODULE TASK [ARGUMENT]`.

The result is printed as JSON. Only the module of the task is imported; otherwise the libraries of
the peers would count as memory of the engine.
"""

import json
import sys
from importlib import import_module

import django

django.setup()

module, task, *arguments = sys.argv[1:]
json.dump(getattr(import_module(f"bench.{module}"), task)(*arguments), sys.stdout)
