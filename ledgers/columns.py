"""Columns that several ledgers have in common."""

from ledgers.cells import name, phone, text
from ledgers.declaration import COMMUNITY, STREET, Column

STREET_COLUMN = Column(
    STREET,
    "街道",
    name(),
    aliases=(
        "街道(镇)",
        "镇街",
        "镇(街)",
        "乡镇(街道)",
        "街道(乡镇)",
        "苏木乡镇(街道)",
        "所属街道",
        "所在街道",
        "乡镇",
    ),
)
COMMUNITY_COLUMN = Column(
    COMMUNITY,
    "社区",
    name(),
    aliases=(
        "社区(村)",
        "村(社区)",
        "嘎查村(社区)",
        "所属社区",
        "所在社区",
        "村社区",
        "村居",
        "覆盖社区",
    ),
)
PLACE_COLUMNS = (STREET_COLUMN, COMMUNITY_COLUMN)
LEADER_COLUMNS = (
    Column("leader", "负责人", text(50), aliases=("负责人姓名", "姓名", "联系人")),
    Column("phone", "联系电话", phone, aliases=("电话", "手机", "负责人联系电话", "联系方式")),
)
NOTE_COLUMN = Column("note", "备注", text(500), aliases=("说明",))
