"""App registration: 进展报告."""

from django.apps import AppConfig
from typing_extensions import override


class ReportsConfig(AppConfig):
    """The app of progress reports: prepares, seals and files them up the tree of areas."""

    name = "reports"
    verbose_name = "进展报告"

    @override
    def ready(self) -> None:
        from audit.chain.witnesses import Witness, declare_witness
        from backups.contents.stored_files import declare_files
        from dates.due_items import register
        from reports.editions.verifying import names_of_editions, verify_editions
        from reports.exports.retention import clear_about, names_of_exports
        from reports.filing.report_due import ReportDue
        from reviews.trail.erasure.copies import declare_copies

        register(ReportDue())
        declare_copies(clear_about)
        declare_witness(Witness("封存版次", verify_editions))
        declare_files("editions", names_of_editions)
        declare_files("exports", names_of_exports)
