"""Pages of a record's personal data: shown whole for a reason, erased or corrected at somebody's request."""

from reviews.pages.persons.asking import record_erase
from reviews.pages.persons.ending import persons_ending
from reviews.pages.persons.showing import persons_address, record_persons

__all__ = ["persons_address", "persons_ending", "record_erase", "record_persons"]
