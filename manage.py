#!/usr/bin/env python
"""Django's command line for the platform."""

import os
import sys


def main() -> None:
    """Run one management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    from audit.commands import recorded_command
    from running.private import write_privately

    write_privately()
    with recorded_command("".join(sys.argv[1:2])):
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
