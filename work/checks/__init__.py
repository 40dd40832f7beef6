"""Checks of task progress, work records and applications; importing the modules declares them."""

from work.checks import demonstration, tasks

__all__ = ["demonstration", "tasks"]
