"""Pages of funds and their money."""

from django.contrib import admin

from funds.models import Donation, Expenditure, Fund, FundMember
from reviews.record_admin import RecordAdmin
from reviews.scoped_admin import RecordInline


class FundMemberInline(RecordInline):
    """管理小组."""

    model = FundMember


@admin.register(Fund)
class FundAdmin(RecordAdmin):
    """社区慈善基金."""

    kind_filters = ("level", "host_has_public_fundraising")
    inlines = (FundMemberInline,)

    def list_fields(self) -> tuple[str, ...]:
        """Level and the days."""
        return ("level", "established_on", "closed_on")


@admin.register(Donation)
class DonationAdmin(RecordAdmin):
    """捐赠收入."""

    kind_filters = ("channel", "donor_type")
    list_select_related = ("area", "submitted_by", "fund")

    def list_fields(self) -> tuple[str, ...]:
        """Fund, amount, day."""
        return ("fund", "amount_yuan", "donated_on")


@admin.register(Expenditure)
class ExpenditureAdmin(RecordAdmin):
    """基金支出."""

    hidden = ("area",)
    autocomplete_fields = ()
    list_select_related = ("area", "submitted_by", "fund")

    def list_fields(self) -> tuple[str, ...]:
        """Fund, amount, day."""
        return ("fund", "amount_yuan", "spent_on")
