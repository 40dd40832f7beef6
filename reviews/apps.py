"""App registration: 审核."""

from collections.abc import Iterator

from django.apps import AppConfig
from django.core.checks import register
from django.utils.module_loading import autodiscover_modules


class ReviewsConfig(AppConfig):
    """Records from draft to approved fact, and their review."""

    name = "reviews"
    verbose_name = "审核与导入"

    def ready(self) -> None:
        """Collect the checks of all record kinds: each app declares its own in `checks`."""
        autodiscover_modules("checks")
        from audit.chain.witnesses import Witness, declare_witness
        from backups.contents.stored_files import declare_files
        from reviews.encrypted_columns import check_encrypted_columns
        from reviews.kinds import record_kinds
        from reviews.models import Attachment, Status, cover_contents, verify_records
        from reviews.pages.completeness import check_record_kinds
        from reviews.trail.erasure import requests  # noqa: F401  declares its kind of changes

        register(check_record_kinds)
        register(check_encrypted_columns)

        def cover_all() -> int:
            submitted = (Status.PENDING, Status.APPROVED)
            return sum(
                cover_contents(kind._default_manager.filter(status__in=submitted))
                for kind in record_kinds()
            )

        check = Witness("业务记录", lambda: verify_records(record_kinds()), cover_all)
        declare_witness(check)

        def attachments() -> Iterator[str]:
            named = Attachment.objects.exclude(file="").order_by("pk")
            return named.values_list("file", flat=True).iterator(chunk_size=2000)

        declare_files("attachments", attachments)
