"""A clerk of a city writes its counties, and streets with their county before them."""

from __future__ import annotations

import pytest

from areas.models import Area
from ledgers.cells import CellError
from ledgers.reading.places.area_names import AreaNames


def _area(code: str, name: str, kind: str) -> Area:
    area = Area(code=code, name=name, kind=kind)
    area.derive()
    return area


@pytest.fixture
def names(db: None) -> AreaNames:
    rows = [
        _area("15", "内蒙古自治区", "province"),
        _area("1506", "鄂尔多斯市", "prefecture"),
        _area("150602", "东胜区", "county"),
        _area("150602001", "交通街道", "street"),
        _area("150602001001", "东胜社区", "community"),
        _area("150603", "康巴什区", "county"),
        _area("150603001", "交通街道", "street"),
    ]
    Area.objects.bulk_create(rows)
    return AreaNames(rows[1], rows[1:])


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("东胜区", "150602"),
        ("鄂尔多斯市东胜区", "150602"),
        ("内蒙古自治区鄂尔多斯市康巴什区", "150603"),
        ("东胜区交通街道", "150602001"),
        ("康巴什区/交通街道", "150603001"),
        ("东胜区东胜社区", "150602001001"),
        ("东胜社区", "150602001001"),
        ("鄂尔多斯市", "1506"),
        ("150603000000", "150603"),
    ],
)
def test_what_a_clerk_of_the_city_writes(names: AreaNames, written: str, code: str) -> None:
    assert names.place(written).code == code


@pytest.mark.parametrize("written", ["交通街道", "伊金霍洛旗", "康巴什区东胜社区"])
def test_what_fits_two_places_or_none_is_asked(names: AreaNames, written: str) -> None:
    with pytest.raises(CellError):
        names.place(written)


def test_a_county_is_no_place_for_a_clerk_of_another(names: AreaNames) -> None:
    own = Area.objects.get(code="150602")
    of_county = AreaNames(own, Area.objects.within("150602"))
    assert of_county.place("东胜区").code == "150602"
    with pytest.raises(CellError):
        of_county.place("康巴什区")
