"""Words: every code of every vocabulary in both languages, every key that scripts ask for."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from geoplan import schema
from geoplan.analysis.missing import MISSING, REASONS
from geoplan.errors import StageError
from geoplan.publish.frame import scripts
from geoplan.publish.words import ASSETS, CODES, check_words, coded, pair, words
from geoplan.schema.measures import MEASURES, QUANTITIES
from tests.publish import sample

VOCABULARIES: dict[str, tuple[str, ...]] = {
    "measure": tuple(MEASURES),
    "quantity": tuple(QUANTITIES),
    "extent": get_args(schema.Extent),
    "state": get_args(schema.State),
    "basis": get_args(schema.Basis),
    "claim": get_args(schema.ClaimStatus),
    "count": tuple(code for code in get_args(schema.ClaimStatus) if code != "not_checkable"),
    "status": get_args(schema.DocumentStatus),
    "secrecy": get_args(schema.Sensitivity),
    "level": get_args(schema.Level),
    "reason": REASONS,
    "missing": MISSING,
    "method": get_args(schema.ClaimMethod),
    "finding": get_args(schema.FindingKind),
    "nature": get_args(schema.Nature),
}


@pytest.mark.parametrize(("prefix", "codes"), VOCABULARIES.items(), ids=list(VOCABULARIES))
def test_every_code_has_words_in_both_languages(prefix: str, codes: tuple[str, ...]) -> None:
    assert codes
    bare = [code for code in codes if not all(words().get(f"{prefix}.{code}", [""]))]
    assert bare == []
    raw = [code for code in codes if "_" in code and code in coded(prefix, code)]
    assert raw == []


def test_readings_name_their_year() -> None:
    for kind in get_args(schema.ReadingKind):
        zh, en = pair(f"reading.{kind}", year="2031")
        assert "2031年" in zh
        assert "2031" in en


def test_words_are_known_in_both_languages() -> None:
    for key, both in words().items():
        assert len(both) == 2, key
        assert all(both), key
    assert pair("index.rows", n=3) == ("3 行", "3 rows")
    assert coded("claim", "inconsistent")[0] == "不一致（待核实）"
    assert coded("measure", "10k_kva")[0] == "万千伏安"
    with pytest.raises(StageError, match="no_such_key"):
        pair("no_such_key")


def test_only_reasons_may_come_without_words() -> None:
    assert coded("reason", "never_seen") == ("never_seen", "never_seen")
    with pytest.raises(StageError, match=r"quantity\.never_seen"):
        coded("quantity", "never_seen")


@pytest.mark.parametrize(("table", "column", "prefix"), CODES)
def test_codes_of_tables_are_checked_all_at_once(table: str, column: str, prefix: str) -> None:
    tables = sample.tables()
    check_words(tables)
    tables[table] = tables[table].copy()
    tables[table].loc[tables[table].index[0], column] = "odd"
    tables["claims"].loc[tables["claims"].index[1], "measure"] = "furlongs"
    with pytest.raises(StageError, match=r"2 code\(s\)") as caught:
        check_words(tables)
    assert f"{prefix}.odd ({table}.{column})" in str(caught.value)


def test_scripts_and_templates_ask_for_words_that_exist() -> None:
    asked = set(re.findall(r"\bt\('([\w.]+)'[,)]", scripts()))
    for path in ASSETS.glob("*.j2"):
        asked |= set(re.findall(r'data-(?:t|aria)="([\w.]+)"', path.read_text("utf-8")))
    assert len(asked) > 50
    assert sorted(asked - set(words())) == []


@pytest.mark.parametrize(
    ("state", "word"),
    [
        ("concerned", "涉及"),
        ("not_concerned", "未涉及"),
        ("out_of_scope", "不在规划范围"),
        ("no_data", "资料缺失"),
    ],
)
def test_the_four_states_have_their_words(state: str, word: str) -> None:
    assert coded("state", state)[0] == word


def test_forbidden_words_are_in_no_interface_text() -> None:
    shown = " ".join(text for both in words().values() for text in both)
    assert not {w for w in ("错误", "矛盾", "冲突", "违法", "违规") if w in shown}
