"""Rules and overrides as people write them: tables, and every fault with its line."""

from __future__ import annotations

import pytest

from geoplan.catalogue import check_catalogue
from geoplan.errors import LayerError
from geoplan.schema import records
from tests.plan_text import give_text
from tests.small import CONFIG, SmallProject, feature, layer, slot

SOURCE = '{ document = "plan-a", section = "一", lines = [7] }'
WORDS = '{ zh = "甲", en = "A" }'


def rule(key: str = "r", *more: str, source: str = SOURCE, **keys: str) -> str:
    """Return the TOML text of a rule; values of `keys` are TOML."""
    values = {"a": '["zone_a"]', "b": '["zones/zone-b"]', "grade": '"coordinate"'} | keys
    lines = [f"{name} = {value}" for name, value in values.items()]
    head = ["[[rule]]", f'id = "{key}"', f"title = {WORDS}", f"reason = {WORDS}"]
    return "\n".join([*head, f"source = {source}", *lines, *more]) + "\n"


def override(key: str = "o", of: str = "r", *more: str) -> str:
    """Return the TOML text of an override."""
    head = ["[[override]]", f'id = "{key}"', f'rule = "{of}"', f"reason = {WORDS}"]
    return "\n".join([*head, 'by = "某人"', 'date = "2020-01-02"', *more]) + "\n"


def test_rules_and_overrides_become_tables(small: SmallProject) -> None:
    conditions = 'when = { same_unit = "county", min_area_km2 = 1, in_force = true }'
    more = [conditions, 'extents_a = ["within"]', 'except = ["zones/zone-a"]']
    regulation = f'{{ title = {WORDS}, clause = "第五条", unverified = true }}'
    text = rule("one", *more, 'reconciled_by = ["zones/zone-a"]')
    text += rule("two", f"reconciled_by = {WORDS}", source=regulation, grade='"attention"')
    small.write("layers/rules.toml", text)
    units = 'units = ["甲州市", "910201"]'
    small.write("layers/overrides.toml", override("o", "one", units, 'a = "zones/zone-a"'))
    made = small.layers()
    one, two = records(made["rules"])
    assert (one["a"], one["b"], one["grade"]) == ("zone_a", "zones/zone-b", "coordinate")
    assert (one["document"], one["section"], one["lines"]) == ("plan-a", "一", "7")
    assert (one["same_unit"], one["min_area_km2"], one["in_force"]) == ("county", 1.0, True)
    assert (one["extents_a"], one["except"]) == ("within", "zones/zone-a")
    assert (one["reconciled_by"], one["reconciled_by_en"]) == ("zones/zone-a", None)
    assert (two["source"], two["clause"], two["unverified"]) == ("甲", "第五条", True)
    assert (two["document"], two["lines"], two["same_period"]) == (None, None, False)
    assert (two["reconciled_by"], two["reconciled_by_en"]) == ("甲", "A")
    (said,) = records(made["overrides"])
    assert (said["units"], said["a"], said["b"]) == ("910100 910201", "zones/zone-a", None)
    assert (said["by"], said["date"], said["grade"]) == ("某人", "2020-01-02", None)


def test_a_project_needs_no_rules(small: SmallProject) -> None:
    made = small.layers()
    assert made["rules"].empty
    assert made["overrides"].empty


FAULTS = {
    "class": (rule(a='["zone_x"]'), 6, "class 'zone_x' is not known. Did you mean zone_a"),
    "layer": (rule(b='["zone/zone-b"]'), 7, "layer 'zone' is not known. Did you mean zones"),
    "part": (
        rule(b='["zones/zone-c"]'),
        7,
        "in layer 'zones' feature or class 'zone-c' is not known. Did you mean",
    ),
    "except": (rule("r", 'except = ["zone_a"]'), 9, "'zone_a' must be layer/feature"),
    "reconciles": (rule("r", 'reconciled_by = ["zones/gone"]'), 9, "'gone' is not known"),
    "neither": (rule("r", "reconciled_by = 3"), 9, "a list of features, layer/feature, or a text"),
    "document": (
        rule(source='{ document = "plan-x", section = "一", lines = [7] }'),
        5,
        "document 'plan-x' is not known. Did you mean plan-a",
    ),
    "no lines": (rule(source='{ document = "plan-a", section = "一" }'), 5, "section and lines"),
    "no source": (rule(source="{ section = '一' }"), 5, "a source is { document, section, lines }"),
    "lapsed": (rule(grade='"breaks"'), 1, "only what is in force can be broken"),
    "no clause": (
        rule("r", "when = { in_force = true }", grade='"breaks"', source=f"{{ title = {WORDS} }}"),
        1,
        "the grade 'breaks' needs a source with its clause",
    ),
    "condition": (
        rule("r", "when = { min_area = 1.0 }"),
        9,
        "unknown key 'min_area'. Did you mean",
    ),
    "statement": (rule("r", 'extents_b = ["statement"]'), 9, "extents_b"),
    "share": (rule("r", "when = { min_share_of_unit = 1.5 }"), 9, "less than or equal to 1"),
    "twice": (rule() + rule(), 10, "rule 'r' is defined twice"),
}


@pytest.mark.parametrize(("text", "line", "told"), FAULTS.values(), ids=list(FAULTS))
def test_faults_of_rules_stand_with_their_line(
    small: SmallProject, text: str, line: int, told: str
) -> None:
    path = small.write("layers/rules.toml", text)
    with pytest.raises(LayerError) as fault:
        small.layers()
    assert told in str(fault.value)
    assert f"{path}:{line}:" in str(fault.value) or f"{path}: line {line}:" in str(fault.value)


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        (override("o", "s"), 3, "rule 's' is not known"),
        (override("o", "r", 'b = "zones/zone-x"'), 7, "'zone-x' is not known"),
        (override("o", "r", 'units = ["东山", "西川"]'), 7, "'西川' is no unit or group"),
        (override("o", "r", 'grade = "fine"'), 7, "grade"),
    ],
)
def test_faults_of_overrides_stand_with_their_line(
    small: SmallProject, text: str, line: int, told: str
) -> None:
    small.write("layers/rules.toml", rule())
    path = small.write("layers/overrides.toml", text)
    with pytest.raises(LayerError) as fault:
        small.layers()
    assert told in str(fault.value)
    assert f"{path}:{line}:" in str(fault.value) or f"{path}: line {line}:" in str(fault.value)


def test_all_faults_are_told_at_once(small: SmallProject) -> None:
    small.write("layers/rules.toml", rule("r", a='["no"]', b='["zones/no"]') + rule("q", a='["x"]'))
    small.write("layers/overrides.toml", override("o", "gone"))
    with pytest.raises(LayerError, match=r"4 fault\(s\) in layer files"):
        small.layers()


def test_features_of_a_file_are_known_only_once_it_is_read(small: SmallProject) -> None:
    small.write_layer(slot(), name="redline")
    small.write("layers/rules.toml", rule(b='["redline/f-1"]'))
    assert len(small.layers()["rules"]) == 1


def test_a_layer_that_is_left_out_is_no_fault_of_a_rule(small: SmallProject) -> None:
    small.write_layer(layer("more", feature("f", "within", members=["东山"])), name="more")
    small.write("layers/rules.toml", rule(b='["more/f"]'))
    from geoplan.gazetteer import load
    from geoplan.layers import build_layers
    from tests.small import small_units

    folder = small.load().folder("boundaries")
    made = build_layers(
        small.inputs("works/more.toml"), units=small_units(folder), gazetteer=load(folder)
    )
    assert len(made["rules"]) == 1


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ('lines = [7], printed = ["约束性"]', None),
        ('lines = [7], printed = ["没有"]', "'没有' does not stand there"),
        ("lines = [2, 99]", "line(s) 2, 99 of 'plan-a' (8 lines) are not there or empty"),
    ],
)
def test_lines_that_rules_cite_are_checked(
    small: SmallProject, source: str, told: str | None
) -> None:
    folder = give_text(small)
    cited = f'{{ document = "plan-a", section = "一", {source} }}'
    other = f'{{ title = {WORDS}, clause = "五" }}'
    path = small.write("layers/rules.toml", rule("r", source=cited) + rule("law", source=other))
    checked = check_catalogue(small.load(), folder)
    faults = [fault for fault in checked.faults if "rules.toml" in fault]
    assert faults == ([] if told is None else [f"{path}:5: {told}"])
    assert checked.counts["rules without a text"] == 1
    assert checked.counts["rules"] == (1 if told is None or "does not" in told else 0)


def test_lines_that_rules_cite_are_passages(small: SmallProject) -> None:
    give_text(small)
    small.write("geoplan.toml", CONFIG + 'documents = "texts"\n')
    before = set(small.layers()["passages"]["line"])
    small.write(
        "layers/rules.toml",
        rule(source='{ document = "plan-a", section = "一", lines = [5] }'),
    )
    assert set(small.layers()["passages"]["line"]) == before | {5}
