"""Citations: each cited line exists and holds the names, units and figures that cite it."""

from __future__ import annotations

import re
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest

from geoplan.catalogue import check_catalogue
from geoplan.errors import DataError, LayerError, UsageError
from geoplan.layers import Checked
from geoplan.layers.numerals import figures_in, numeral
from geoplan.schema.wording import normalised
from tests.plan_text import LINES, TEXT, give_text
from tests.small import SmallProject, claim, feature, layer, make_project

NAME = {"printed": ["要素"], "lines": [8]}
"""What a feature needs for its name to be found."""

INDICATOR = """[[indicator]]
id = "gdp"
name = { zh = "地区生产总值", en = "GDP" }
measure = "100m_yuan"
section = "第一章"
lines = [7]
"""


def reading(printed: str, kind: str = "actual", year: str = "2015") -> str:
    return f'readings = [{{ kind = "{kind}", year = "{year}", printed = "{printed}" }}]\n'


@pytest.fixture
def plan(tmp_path: Path) -> SmallProject:
    """A small project whose only layer is `other`, with the text of plan-a at hand."""
    small = make_project(tmp_path)
    (small.root / "layers/zones/zones.toml").unlink()
    give_text(small)
    return small


def checked(small: SmallProject, *parts: str) -> Checked:
    small.write_layer(layer("other", *parts, theme="works"))
    return check_catalogue(small.load(), small.root / "texts")


def faults(small: SmallProject, *parts: str) -> list[str]:
    return checked(small, *parts).faults


def test_what_stands_there_is_counted_not_told(plan: SmallProject) -> None:
    found = checked(
        plan,
        feature("f", "within", members=["东山县", "西山"], printed=["重点区"], lines=[4]),
        feature("g", "within", members=["二山"], printed=["二山大水网"], lines=[5]),
    )
    assert found.faults == []
    assert found.counts["features"] == 2
    assert found.counts["units printed"] == 2
    assert found.counts["units from groups"] == 1


@pytest.mark.parametrize(
    ("line", "words"),
    [(0, "0"), (2, "2"), (9, "9"), (999, "999")],
    ids=["zero", "empty", "behind the end", "far"],
)
def test_lines_that_are_not_there(plan: SmallProject, line: int, words: str) -> None:
    (fault,) = faults(plan, feature("f", "statement", lines=[line]))
    assert f"line(s) {words} of 'plan-a' (8 lines) are not there or empty" in fault
    assert "other.toml:" in fault


def test_a_name_must_stand_there_or_its_printed_words(plan: SmallProject) -> None:
    (fault,) = faults(plan, feature("f", "statement", lines=[4]))
    assert "'要素' does not stand there" in fault
    (fault,) = faults(plan, feature("f", "statement", lines=[4], printed=["重点区", "生态区"]))
    assert "'生态区' does not stand there" in fault
    assert faults(plan, feature("f", "statement", lines=[4, 8])) == []


@pytest.mark.parametrize("name", ["东山", "东山区", "东山县", "910101"])
def test_a_unit_may_be_called_by_any_of_its_names(plan: SmallProject, name: str) -> None:
    assert faults(plan, feature("f", "within", members=[name], printed=["重点区"], lines=[4])) == []


def test_a_unit_that_is_not_named_needs_a_reason(plan: SmallProject) -> None:
    other = {"printed": ["重点区"], "lines": [4]}
    (fault,) = faults(plan, feature("f", "within", members=["西山", "河口"], **other))
    assert "unit '河口' does not stand there" in fault
    reason = 'inferred = { zh = "据图", en = "by the map", units = ["河口"] }\n'
    found = checked(plan, feature("f", "within", members=["西山", "河口"], **other) + reason)
    assert found.faults == []
    assert (found.counts["units inferred"], found.counts["units printed"]) == (1, 1)


def test_a_reason_for_another_unit_is_a_fault_of_the_file(plan: SmallProject) -> None:
    reason = 'inferred = { zh = "据图", en = "by the map", units = ["南水"] }\n'
    with pytest.raises(LayerError, match="inferred names '南水', which is no unit of the feature"):
        faults(plan, feature("f", "within", members=["西山"], **NAME) + reason)


def test_stops_of_a_line_stand_there_with_or_without_a_unit(plan: SmallProject) -> None:
    stops = 'waypoints = ["东山区", { name = "外州" }]\n'
    line = feature("f", "passes", printed=["二山大水网"], lines=[5]) + stops
    assert faults(plan, line) == []
    (fault,) = faults(plan, line.replace("外州", "内州"))
    assert "'内州' does not stand there" in fault


def test_sites_stand_there_with_their_unit(plan: SmallProject) -> None:
    site = 'sites = [{ name = "大水网", unit = "河口" }]\n'
    assert faults(plan, feature("f", "within", printed=["二山大水网"], lines=[5]) + site) == []
    (fault,) = faults(plan, feature("f", "within", printed=["八大园区"], lines=[6]) + site)[:1]
    assert "'大水网' does not stand there" in fault


SAID = feature("f", "statement", **NAME)


@pytest.mark.parametrize(
    "figure",
    [
        claim("other/f", 12.5, "km", quantity="length", lines=[5]),
        claim("other/f", 3, "items", quantity="count", value_to=4, counter="座水库", lines=[5]),
        claim("other/f", 8, "items", quantity="count", lines=[6]),
        claim("other/f", 1250, "100m_yuan", quantity="investment", lines=[6]),
        claim("other/f", 0, "10k_mu", lines=[6]).replace("value = 0", "value = 5.50"),
        claim("other/f", 8, "items", quantity="count", printed=["八大园区"], lines=[6]),
    ],
    ids=["wide digits", "range", "numeral", "thousands", "decimals", "words"],
)
def test_figures_as_printed(plan: SmallProject, figure: str) -> None:
    assert faults(plan, SAID, figure) == []


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        (claim("other/f", 2.5, "km", quantity="length", lines=[5]), "the figure 2.5"),
        (claim("other/f", 12, "km", quantity="length", lines=[5]), "the figure 12"),
        (claim("other/f", 5.5, "10k_mu", lines=[6]), "the figure 5.5 "),
        (claim("other/f", 25, "items", quantity="count", lines=[6]), "the figure 25"),
        (claim("other/f", 3, "items", quantity="count", value_to=5, lines=[5]), "the figure 5"),
        (claim("other/f", 8, "items", quantity="count", counter="家", lines=[6]), "'家'"),
        (claim("other/f", 9, "items", quantity="count", printed=["八大"], lines=[6]), "figure 9"),
    ],
)
def test_figures_that_are_not_printed(plan: SmallProject, figure: str, words: str) -> None:
    (fault,) = faults(plan, SAID, figure)
    assert words in fault
    assert "does not stand" in fault


def test_indicators_with_their_cells(plan: SmallProject) -> None:
    assert faults(plan, INDICATOR + reading("720.3")) == []
    assert faults(plan, INDICATOR + reading("60左右", "target", "2020")) == []
    # A cell that says that there is nothing need not be looked for.
    assert faults(plan, INDICATOR + reading("—")) == []
    (fault,) = faults(plan, INDICATOR + reading("721"))
    assert "'721' does not stand there" in fault
    (fault,) = faults(plan, INDICATOR + 'unit = "河口"\n' + reading("720.3"))
    assert "unit '河口' does not stand there" in fault
    reason = 'inferred = { zh = "据表题", en = "by the title" }\n'
    assert faults(plan, INDICATOR + 'unit = "河口"\n' + reason + reading("720.3")) == []


def finding(printed: str, *, lines: str = "[4]") -> str:
    text = '{ zh = "待核", en = "to check" }'
    return (
        f'[[finding]]\nid = "a"\nkind = "wording"\ntitle = {text}\ndetail = {text}\n'
        '[[finding.place]]\ndocument = "plan-a"\nsection = "第一章"\n'
        f'lines = {lines}\nprinted = ["{printed}"]\n'
    )


def test_findings_stand_where_they_say(plan: SmallProject) -> None:
    plan.write("layers/findings.toml", finding("南水县"))
    found = checked(plan, SAID)
    assert (found.faults, found.counts["findings"]) == ([], 1)
    plan.write("layers/findings.toml", finding("北水县"))
    (fault,) = faults(plan, SAID)
    assert "findings.toml:2: '北水县' does not stand there" in fault


def test_sources_without_a_text_are_counted(plan: SmallProject) -> None:
    plan.write_layer(layer("other", SAID, document="plan-p"))
    found = check_catalogue(plan.load(), plan.root / "texts")
    assert found.faults == []
    assert found.counts["without a text"] == 1


def test_a_registered_text_that_is_missing_is_a_fault(plan: SmallProject) -> None:
    registry = plan.root / "layers/documents.toml"
    text = registry.read_text("utf-8")
    more = text.replace('id = "plan-p"', f'id = "plan-p"\nsha256 = "{"0" * 64}"')
    registry.write_text(more, encoding="utf-8")
    assert faults(plan, SAID) == ["document 'plan-p': no file of the folder is its text"]


def test_a_text_is_known_by_its_content_alone(plan: SmallProject) -> None:
    folder = plan.root / "texts"
    (folder / "any-name.txt").rename(folder / "甲.dat")
    assert faults(plan, SAID) == []
    (folder / "甲.dat").write_bytes(TEXT.replace("甲州", "乙州").encode())
    with pytest.raises(DataError, match="none of its files has the sha256"):
        faults(plan, SAID)


def test_a_group_may_be_named_unit_by_unit(plan: SmallProject) -> None:
    member = feature("f", "within", members=["二山"], printed=["重点区"], lines=[4])
    assert faults(plan, member) == []
    give_text(plan, TEXT.replace("、西山", ""))
    (fault,) = [f for f in faults(plan, member) if "unit" in f]
    assert "unit '二山' does not stand there" in fault


def test_folders_that_are_none(plan: SmallProject) -> None:
    plan.write_layer(layer("other", SAID))
    with pytest.raises(DataError, match="there is no such folder"):
        check_catalogue(plan.load(), plan.root / "nowhere")
    with pytest.raises(UsageError, match=r"give --documents FOLDER"):
        check_catalogue(plan.load())
    plan.write("geoplan.toml", 'title = { zh = "图", en = "t" }\nscope = "910000"\n')
    config = plan.root / "geoplan.toml"
    config.write_text(config.read_text("utf-8") + 'documents = "texts"\n', encoding="utf-8")
    plan.write_layer(layer("other", SAID))
    assert check_catalogue(plan.load()).faults == []


def test_lines_end_at_line_feeds_only(tmp_path: Path) -> None:
    small = make_project(tmp_path)
    (small.root / "layers/zones/zones.toml").unlink()
    give_text(small, "\u2028".join(LINES[:4]) + "\r\n" + "\x0b要素")
    assert faults(small, feature("f", "statement", lines=[2])) == []


def test_sentences_are_refused(plan: SmallProject) -> None:
    with pytest.raises(LayerError, match="at most 40: sentences of a plan are not copied"):
        faults(plan, feature("f", "statement", lines=[4], printed=["长" * 41]))


def test_texts_are_compared_without_spaces_quotes_and_width() -> None:
    assert normalised("“一核 一圈”（２０１５）\t") == "一核一圈(2015)"


@pytest.mark.parametrize(
    ("word", "number"),
    [
        ("一", 1),
        ("两", 2),
        ("十", 10),
        ("十一", 11),
        ("二十", 20),
        ("九十九", 99),
        ("一百零八", 108),
        ("三千五百", 3500),
        ("十三五", None),
        ("一五", None),
        ("百千", None),
    ],
)
def test_numerals(word: str, number: int | None) -> None:
    assert numeral(word) == number


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("八大园区", {8}),
        ("十三五时期", set()),
        ("一体化与一带一路", set()),
        ("一座水库", {1}),
        ("二十一项", {21}),
        ("1,250亿元", {1250}),
        ("2015年,422个", {2015, 422}),
        ("12.5公里", {Decimal("12.5")}),
        ("全覆盖", {100}),
    ],
)
def test_numbers_of_a_text(text: str, found: set[object]) -> None:
    assert figures_in(text) == found


def test_short_words_tell_nothing(plan: SmallProject) -> None:
    (fault,) = faults(plan, feature("f", "statement", printed=["重点"], lines=[4]))
    assert "printed '重点' is too short to tell anything" in fault


def test_a_reason_covers_only_what_does_not_stand_there(plan: SmallProject) -> None:
    member = feature("f", "within", members=["西山", "河口"], printed=["重点区"], lines=[4])
    (fault,) = faults(plan, member + 'inferred = { zh = "据图", en = "by the map" }\n')
    assert "西山 stand(s) there; give inferred units = ['河口']" in fault


def test_a_text_with_other_line_ends_is_told(plan: SmallProject) -> None:
    path = plan.root / "texts" / "any-name.txt"
    path.write_bytes(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode())
    with pytest.raises(DataError, match="is 'plan-a' but for line ends or a byte order mark"):
        faults(plan, SAID)


def test_a_text_that_is_not_utf8_is_named(plan: SmallProject) -> None:
    give_text(plan, TEXT)
    path = plan.root / "texts" / "any-name.txt"
    path.write_bytes(TEXT.encode("gb18030"))
    registry = plan.root / "layers/documents.toml"
    digest = sha256(path.read_bytes()).hexdigest()
    text = re.sub('sha256 = "[0-9a-f]+"', f'sha256 = "{digest}"', registry.read_text("utf-8"))
    registry.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"any-name\.txt: is not UTF-8 text"):
        faults(plan, SAID)


def test_two_documents_cannot_have_one_text(plan: SmallProject) -> None:
    registry = plan.root / "layers/documents.toml"
    text = registry.read_text("utf-8")
    line = next(line for line in text.split("\n") if line.startswith("sha256"))
    registry.write_text(text.replace('id = "plan-p"', f'id = "plan-p"\n{line}'), "utf-8")
    with pytest.raises(LayerError, match="'plan-p' has the sha256 of 'plan-a'"):
        faults(plan, SAID)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('document = "plan-a"', 'document = "plan-b"', "document 'plan-b' is not known"),
        ('kind = "wording"', 'kind = "wording"\nabout = ["other/g"]', "about names 'other/g'"),
        ('kind = "wording"', 'kind = "wording"\nunits = ["无名"]', "'无名' is no unit or group"),
        ('kind = "wording"', 'kind = "odd"', "kind"),
    ],
)
def test_findings_that_point_nowhere(plan: SmallProject, old: str, new: str, message: str) -> None:
    plan.write("layers/findings.toml", finding("南水县").replace(old, new))
    plan.write_layer(layer("other", SAID))
    with pytest.raises(LayerError) as caught:
        plan.layers()
    assert message in str(caught.value)
    assert "findings.toml:" in str(caught.value)
