"""What a search of the library finds."""

from __future__ import annotations

from django.db.models import Q

from policies.models import bare_title
from policies.numbers import normal_number
from reviews.querysets import SubmissionQuerySet

#: The texts that a search looks through.
_SEARCHED = ("title", "document_number", "issuers", "based_on", "summary", "text", "note")


def saying(rows: SubmissionQuerySet, words: str) -> SubmissionQuerySet:
    """Return the documents that have each of these words somewhere in title, number, issuers or texts.

    A 文号 is found in whichever way it is written, with blanks, too.
    """
    for word in [words] if normal_number(words) else words.split():
        found = Q()
        for spelling in {word, normal_number(word) or word, bare_title(word)}:
            for name in _SEARCHED:
                found |= Q((f"{name}__icontains", spelling))
        rows = rows.filter(found)
    return rows
