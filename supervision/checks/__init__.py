"""Checks of supervision records before submission; importing the modules declares them."""

from supervision.checks import cases, records

__all__ = ["cases", "records"]
