"""One measured task in a process of its own: `python -m bench.work MODULE TASK [ARGUMENT]`, JSON out.

Only the module of the task is imported, or the peers' libraries would count as the engine's memory.
"""

import json
import sys
from importlib import import_module

import django

django.setup()

module, task, *arguments = sys.argv[1:]
json.dump(getattr(import_module(f"bench.{module}"), task)(*arguments), sys.stdout)
