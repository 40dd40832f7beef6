"""Pages of scenes and activities."""

from django.contrib import admin

from reviews.record_admin import RecordAdmin
from reviews.scoped_admin import RecordInline
from scenes.models import Activity, ActivityReach, Scene


@admin.register(Scene)
class SceneAdmin(RecordAdmin):
    """慈善服务场景."""

    kind_filters = ("type",)

    def list_fields(self) -> tuple[str, ...]:
        """Kind and day."""
        return ("type", "opened_on")


class ActivityReachInline(RecordInline):
    """覆盖社区."""

    model = ActivityReach


@admin.register(Activity)
class ActivityAdmin(RecordAdmin):
    """慈善活动与宣传."""

    kind_filters = ("form", "series")
    inlines = (ActivityReachInline,)

    def list_fields(self) -> tuple[str, ...]:
        """Form, day, 人次."""
        return ("form", "held_on", "person_times")
