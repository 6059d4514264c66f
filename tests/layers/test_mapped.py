"""Columns, classes and notices of files that fit a mapping, and what a registry then lacks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import geopandas as gpd
import shapely

from geoplan import mappings
from geoplan.config import Bilingual
from geoplan.errors import DataError, LayerError
from geoplan.layers import mapped
from geoplan.layers.mapped import fields_of, merged, noticed
from geoplan.layers.mapped_entries import DOCUMENT, check_mappings, with_entries
from geoplan.layers.model import Layer, Source
from geoplan.layers.noticed import issue_of
from geoplan.layers.read import LayerFile
from geoplan.layers.registry import Class, Document, Registry, Theme
from geoplan.reading import Notice
from tests.mappings.squares import parcels, redlines, squares

KNOWN = mappings.shipped_mappings()
PATH = Path("STBHHX.gpkg")
TITLE = Bilingual(zh="红线", en="Redlines")


def source(mapping: str | None = "STBHHX", **keys: Any) -> Source:
    """Return the table [file] of a layer file."""
    return Source(path="a.*", class_id="redline", mapping=mapping, **keys)


def made(frame: gpd.GeoDataFrame, **keys: Any) -> mapped.Fields:
    """Return the fields of a file."""
    return fields_of(frame, source(**keys), known=KNOWN, path=PATH)


def file(mapping: str | None = "STBHHX", theme: str = "control_lines") -> LayerFile:
    """Return a layer file that names a mapping, or a file of another."""
    layer = Layer(
        id="redline", title=TITLE, theme=theme, document=DOCUMENT, file=source(mapping=mapping)
    )
    return LayerFile(Path(theme) / "redline.toml", "", layer)


def test_without_a_mapping_nothing_is_made_of_columns() -> None:
    frame = redlines(1000, area=[1])
    fields = made(frame, mapping=None)
    assert (fields.match, fields.notices, fields.source.id) == (None, (), None)
    assert fields.classes(frame) == ["redline"]
    nothing = np.zeros(1)
    assert noticed(fields, frame, shapes=frame.geometry.to_numpy(), beyond_m2=nothing) == ()
    assert merged(frame, fields) == (frame, ())


def test_columns_are_those_of_the_dialect() -> None:
    fields = made(redlines(1000, 2000, area=[1, 4]))
    assert (fields.source.id, fields.source.name) == ("BSM", "XJXZQMC")
    assert fields.class_column is None


def test_columns_of_the_layer_file_stay() -> None:
    fields = made(redlines(1000, 2000, area=[1, 4]), id="YSDM", name="LHLX")
    assert (fields.source.id, fields.source.name) == ("YSDM", "LHLX")
    assert fields.notices == ()


@pytest.mark.parametrize(
    ("ids", "evidence"),
    [
        (["a", "a", "b"], "0 rows empty, 2 with a value that repeats"),
        (["a", "", "b"], "1 rows empty, 0 with a value that repeats"),
        (["a", None, " a"], "1 rows empty, 2 with a value that repeats"),
        ([None, None, None], "3 rows empty, 0 with a value that repeats"),
    ],
)
def test_ids_that_are_none(ids: list[str | None], evidence: str) -> None:
    fields = made(redlines(1000, 2000, 3000, area=[1, 4, 9], BSM=ids))
    assert fields.source.id is None
    (notice,) = fields.notices
    assert (notice.code, notice.evidence) == ("fields.id_repeats", evidence)


def test_a_file_without_the_fields_is_refused_with_what_it_has() -> None:
    with pytest.raises(DataError) as caught:
        made(squares(1000, use=["a"], 名称=["甲"]))
    text = str(caught.value)
    assert text.startswith("STBHHX.gpkg: the name is STBHHX, but 5 of its 5 fields are missing")
    assert "there are: use, 名称" in text
    assert "Give `id` and `name` in the table [file]" in text


def test_a_mapping_that_is_not_there() -> None:
    with pytest.raises(DataError, match=r"'STBHX', which is not there\. Did you mean STBHHX"):
        made(redlines(1000, area=[1]), mapping="STBHX")


def test_classes_by_code_and_those_that_are_unknown() -> None:
    frame = parcels(10, 10, 10, 10, code=["0101", "9999", None, "0602"])
    fields = made(frame, mapping="DLTB")
    # What no code says is of the class that the layer file names.
    assert fields.classes(frame) == ["land_cropland", "redline", "redline", "land_mining_industry"]


def test_notices_count_rows_as_they_stand_in_the_file() -> None:
    frame = redlines(1000, 2000, 3000, area=[1, 4, 4.5])
    frame.loc[0, "geometry"] = None
    fields = made(frame)
    shapes = frame.geometry.to_numpy()[1:]
    told = {n.code: n for n in noticed(fields, frame, shapes=shapes, beyond_m2=np.zeros(2))}
    assert told["fields.area_differs"].rows == (3,)
    # What lies far outside belongs to the declared area too.
    beyond = np.array([0.0, -4.5e6])
    told = {n.code: n for n in noticed(fields, frame, shapes=shapes, beyond_m2=beyond)}
    assert "fields.area_differs" not in told


def shapes_of(*rows: tuple[str, shapely.Geometry]) -> gpd.GeoDataFrame:
    """Return shapes with their classes, as they are before they are merged."""
    columns = {"feature": [f"f{i}" for i in range(len(rows))], "name": [""] * len(rows)}
    columns |= {"class": [name for name, _ in rows]}
    return gpd.GeoDataFrame(columns, geometry=[shape for _, shape in rows], crs=None)


def test_merging_counts_overlaps_once_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    fields = made(parcels(10, code=["0101"]), mapping="DLTB")
    rows = shapes_of(
        ("land_forest", shapely.box(0, 0, 10, 10)),
        ("land_cropland", shapely.box(20, 0, 30, 10)),
        ("land_forest", shapely.box(5, 0, 15, 10)),
    )
    assert merged(rows, fields)[1] == ()
    monkeypatch.setattr(mapped, "MOST_FEATURES", 2)
    found, (notice,) = merged(rows, fields)
    assert found[["feature", "name", "class"]].to_numpy().tolist() == [
        ["land-cropland", "耕地", "land_cropland"],
        ["land-forest", "林地", "land_forest"],
    ]
    assert found.area.tolist() == [100, 150]
    assert (notice.code, notice.severity) == ("fields.merged", "info")
    assert (notice.area_before_m2, notice.area_after_m2) == (300, 250)


def test_what_may_not_be_merged_stays_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mapped, "MOST_FEATURES", 0)
    rows = shapes_of(("redline", shapely.box(0, 0, 1, 1)), ("redline", shapely.box(1, 0, 2, 1)))
    assert len(merged(rows, made(redlines(1000, area=[1])))[0]) == 2


def test_a_notice_as_an_issue() -> None:
    notice = Notice(
        code="fields.area_differs",
        severity="warning",
        message="MJ differs",
        evidence="worst in row 3",
        proposal="look",
        rows=(1, 2, 3, 4, 5, 6),
        count=12,
    )
    row = issue_of(notice, "stbhhx")
    assert (row["stage"], row["check"]) == ("layers", "fields_area_differs")
    assert row["message"] == "MJ differs; rows 1, 2, 3, 4, 5 …; look"
    assert (row["measured"], row["severity"], row["subject"]) == (
        *("worst in row 3", "warning"),
        "stbhhx",
    )
    plain = issue_of(Notice(code="fields.merged", severity="info", message="merged"), "dltb")
    assert (plain["message"], plain["measured"]) == ("merged", None)


def test_a_registry_gets_what_it_lacks() -> None:
    one = file()
    found = with_entries(Registry(), [one], files=[one], known=KNOWN, scope="910000")
    assert [theme.id for theme in found.theme] == ["control_lines"]
    assert [each.id for each in found.class_] == ["ecological_redline"]
    (document,) = found.document
    assert (document.id, document.scope, document.plan) == (DOCUMENT, "910000", False)


def test_entries_of_its_own_stay_as_they_are() -> None:
    theme = Theme(id="control_lines", title=TITLE)
    drawn = Class(id="ecological_redline", title=TITLE, colour="#000000")
    document = Document(id=DOCUMENT, title="自有", scope="140000")
    own = Registry.model_validate({"theme": [theme], "class": [drawn], "document": [document]})
    one = file()
    found = with_entries(own, [one], files=[one], known=KNOWN, scope="910000")
    assert (found.theme, found.class_, found.document) == ((theme,), (drawn,), (document,))


def test_a_slot_needs_classes_but_no_theme() -> None:
    slot = file("CZKFBJ")
    found = with_entries(Registry(), [], files=[slot], known=KNOWN, scope="910000")
    assert (found.theme, found.document) == ((), ())
    assert len(found.class_) == 4


def test_without_mappings_a_registry_is_as_it_was() -> None:
    other = file(None)
    found = with_entries(Registry(), [], files=[other], known=KNOWN, scope="910000")
    assert found == Registry()


def test_a_folder_that_is_no_theme() -> None:
    one = file(theme="anything")
    with pytest.raises(LayerError, match="put it into layers/control_lines/") as caught:
        with_entries(Registry(), [one], files=[one], known=KNOWN, scope="910000")
    assert caught.value.files == ("anything/redline.toml",)


def test_layer_files_that_name_unknown_mappings_are_all_told() -> None:
    wrong = [file("STBHX", theme="a"), file(None), file("DLTX", theme="b")]
    with pytest.raises(LayerError) as caught:
        check_mappings(wrong, KNOWN)
    assert "2 fault(s)" in str(caught.value)
    assert "Did you mean STBHHX" in str(caught.value)
    assert caught.value.files == ("a/redline.toml", "b/redline.toml")
    check_mappings([file(), file(None)], KNOWN)
