"""The choices of projects, needs and resources, as the documents list them."""

from __future__ import annotations

from django.db import models

from reviews.models.choice_lists import Groups


class Direction(models.TextChoices):
    """The nine directions of community charity (云南 方案 二（五）)."""

    RELIEF = "relief", "服务类社会救助"
    ELDERCARE = "eldercare", "养老服务"
    CHILDREN = "children", "儿童和未成年人关爱保护"
    EMERGENCY = "emergency", "社区应急慈善"
    CULTURE = "culture", "教科文卫体"
    GREEN = "green", "绿色慈善"
    SPIRIT = "spirit", "慈善文化"
    OTHER = "other", "其他公益慈善活动"
    BRAND = "brand", "社区慈善品牌"


#: The services of the directions by heading (云南 方案 二（五）1–7; 渝北民〔2021〕114号 三（三）1).
#: What two directions share stands once.
SERVICES: Groups = {
    "社会救助：照护类": ("访视", "看护照料", "康复训练", "健康监测"),
    "社会救助：生活类": ("助餐助浴", "助行助洁", "代购代步"),
    "社会救助：关爱类": ("心理疏导", "资源链接", "能力提升", "社会融入"),
    "养老服务": (
        "探访关爱",
        "生活照料",
        "就医陪护",
        "心理慰藉",
        "代取代购",
        "家政服务",
        "适老化设施改造",
        "社交陪伴",
        "老龄互助",
    ),
    "儿童和未成年人（心理疏导见“关爱类”）": ("巡查巡访", "学业辅导", "家庭教育", "家庭支持"),
    "邻里守望": ("亲情陪伴", "法律援助"),
    "应急慈善": ("应急演练", "应急物资储备", "应急募捐救助"),
    "教科文卫体": ("科技服务", "教育服务", "文化服务", "卫生服务", "体育服务"),
    "绿色慈善": ("环境保护", "资源循环利用", "垃圾分类"),
    "慈善文化": ("慈善文化展示", "慈善项目推广", "慈善成果宣传"),
}

#: Whom a service is for, in the words of the documents (云南 方案 二（五）2, 渝北 三（三）1).
PEOPLE: Groups = {
    "老年人": ("留守老人", "空巢老人", "独居老人", "高龄老人", "失独老人"),
    "困难和特殊群体": (
        "低保对象",
        "特困人员",
        "农村留守人员",
        "困境儿童",
        "残疾人",
        "进城务工人员及随迁子女",
    ),
}

#: The five parties of 五社联动 (渝中 方案 二（三）).
PARTIES: Groups = {"": ("社区", "社会组织", "社会工作者", "社区志愿者", "社区慈善资源")}

#: The five areas of support that a street buys (渝中 方案 二（六）).
SUPPORT: Groups = {
    "": (
        "社区慈善基金运行管理",
        "慈善场景打造",
        "慈善资源对接",
        "慈善项目策划",
        "慈善文化宣传",
    )
}


class FundingField(models.TextChoices):
    """The field of public work that pays for a service (云南 方案 三（三）, which names seven)."""

    SOCIAL_WORK = "social_work", "社会工作"
    GOVERNANCE = "governance", "社会治理"
    RELIEF = "relief", "社会救助"
    ELDERCARE = "eldercare", "养老服务"
    CHILDREN = "children", "儿童福利"
    AFFAIRS = "affairs", "社会事务"
    ORGANISATIONS = "organisations", "社会组织管理"
    OTHER = "other", "其他领域"


class FundingSource(models.TextChoices):
    """What kind of money pays for a service (云南 方案 三（三）)."""

    PROCUREMENT = "procurement", "政府购买服务资金"
    EXPENSES = "expenses", "业务工作经费"
    VENTURE = "venture", "公益创投资金"
    FUND = "fund", "社区慈善基金"
    OTHER = "other", "其他资金"


class Charge(models.TextChoices):
    """Whether those who are served pay (云南 方案 二（五）2: 无偿或低偿)."""

    FREE = "free", "无偿"
    LOW = "low", "低偿"
    PAID = "paid", "有偿"


class MicroKind(models.TextChoices):
    """The kinds of 小微项目 (烟台 现状)."""

    RELIEF = "relief", "纾困扶弱"
    CONVENIENCE = "convenience", "便民利民"
    ENVIRONMENT = "environment", "环境优化"
    OTHER = "other", "其他"


class Group(models.TextChoices):
    """Who has a need, or whom a resource is for."""

    ELDERLY = "elderly", "一老"
    CHILDREN = "children", "一小"
    HARDSHIP = "hardship", "一困"
    DISABLED = "disabled", "一残"
    SPECIAL = "special", "特殊人群"
    ALL = "all", "全体居民"


class ResourceKind(models.TextChoices):
    """The elements by which resources are registered (鄂民发〔2024〕92号 二（二）8)."""

    PLACE = "place", "场地"
    MONEY = "money", "资金"
    GOODS = "goods", "物资"
    PEOPLE = "people", "人力"
    SERVICE = "service", "服务"
    OTHER = "other", "其他"
