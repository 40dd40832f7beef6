"""Checks of projects, aid, needs, resources and contracts before submission."""

from projects.checks import contracts as contracts
from projects.checks import needs as needs
from projects.checks import projects as projects
