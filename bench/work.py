"""One measured task in a process of its own: `python -m bench.work TASK [ARGUMENT]`, JSON out."""

import django

django.setup()

from bench.tasks import main  # noqa: E402

main()
