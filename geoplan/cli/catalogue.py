"""``geoplan catalogue``: list, count, compare and check what plans say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geoplan.cli.options import HERE, AsJson, Folder, print_json, print_rows
from geoplan.cli.say import json_line, say
from geoplan.errors import UsageError, listed

if TYPE_CHECKING:
    import pandas as pd

    from geoplan.config import Project

catalogue = typer.Typer(rich_markup_mode="markdown")

Themes = Annotated[
    list[str] | None, typer.Option("--theme", help="Id of a theme; may be given again.")
]
Unit = Annotated[str | None, typer.Option(help="Code or name of a unit: 140729, 灵石.")]
Documents = Annotated[
    list[str] | None, typer.Option("--document", help="Id of a document; may be given again.")
]


@catalogue.callback(invoke_without_command=True)
def list_statements(
    context: typer.Context,
    theme: Themes = None,
    unit: Unit = None,
    document: Documents = None,
    year: Annotated[str | None, typer.Option(help="Only what holds in this year.")] = None,
    count: Annotated[bool, typer.Option("--count", help="Count by theme and document.")] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="List statements about whole cities and provinces too.")
    ] = False,
    project: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """List what the plans say, by theme, with citations. Without a filter: count it.

    Of a county, statements that name its whole city or province are counted;
    `--all` lists them. With `--json` all rows come, with `reach` saying which.

    Examples: `geoplan catalogue`, `geoplan catalogue --unit 140729`,
    `geoplan catalogue --theme energy --year 2020`, `geoplan catalogue compare 2016-2020 2021-2025`,
    `geoplan catalogue check --documents FOLDER`
    """
    if context.invoked_subcommand is not None:
        given = (theme, unit, document, year, count, everything, as_json, project != HERE)
        if any(given):
            raise UsageError(
                f"options go behind the command: catalogue {context.invoked_subcommand} …"
            )
        return
    from geoplan.catalogue import count_catalogue, list_catalogue
    from geoplan.config import load

    opened = load(project)
    table = list_catalogue(
        opened, themes=theme or [], documents=document or [], unit=unit, year=year
    )
    if count or not (theme or unit or document or year or everything):
        # Of a county, what is said of its city or province is not counted as its own.
        counted = count_catalogue(table if everything else table[table["reach"] != "above"])
        if as_json:
            print_json(counted)
        else:
            _print_counts(counted)
    elif as_json:
        print_json(table)
    else:
        for line in _lines(table, opened, unit=unit, everything=everything):
            say(line)


@catalogue.command("compare")
def compare_periods(
    first: Annotated[str, typer.Argument(help="A period, 2016-2020, or the id of a document.")],
    second: Annotated[str, typer.Argument(help="The period or document to set beside it.")],
    theme: Themes = None,
    unit: Unit = None,
    out: Annotated[Path | None, typer.Option(help="Write a CSV file instead of printing.")] = None,
    project: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Set two periods or documents side by side, by theme, class and unit.

    Examples: `geoplan catalogue compare 2016-2020 2021-2025 --theme energy`,
    `geoplan catalogue compare shanxi-13fyp-proposals shanxi-14fyp --unit 晋中市 --out change.csv`
    """
    from geoplan.catalogue import compare_catalogue, save
    from geoplan.config import load

    table = compare_catalogue(load(project), (first, second), themes=theme or [], unit=unit)
    if as_json and out is not None:
        raise UsageError("--json prints, --out writes a file: give one of them")
    if as_json:
        print_json(table)
    elif out is not None:
        save(table, out)
        say(f"{out}: {len(table)} rows")
    else:
        shown = table[["theme_title", "class_title", "unit", "first", "second"]]
        print_rows(
            ["theme", "class", "unit", first, second], shown.itertuples(index=False), right=()
        )


@catalogue.command("check")
def check_citations(
    documents: Annotated[
        Path | None,
        typer.Option(help="Folder with the plans' texts; default: documents in geoplan.toml."),
    ] = None,
    project: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Check every cited line against the texts, which are recognised by sha256.

    Exit code 1 where a citation does not hold.

    Example: `geoplan catalogue check --documents texts`
    """
    from geoplan.catalogue import check_catalogue
    from geoplan.config import load

    checked = check_catalogue(load(project), documents)
    if as_json:
        event = {"event": "checked", **checked.counts, "faults": checked.faults}
        say(json_line(event))
    else:
        told = ", ".join(f"{n} {what}" for what, n in checked.counts.items())
        say(f"checked: {told}; {len(checked.faults)} unverified")
        if checked.faults:
            say(listed(checked.faults, limit=100), err=True)
    if checked.faults:
        raise typer.Exit(1)


def _print_counts(counted: pd.DataFrame) -> None:
    """Print counts with short heads, and what the heads stand for."""
    ids = [name for name in counted.columns[2:] if name != "total"]
    heads = [f"[{i}]" for i in range(1, len(ids) + 1)]
    columns = ["theme", "", *heads, "total"]
    print_rows(columns, counted.itertuples(index=False), right=columns[2:])
    for head, name in zip(heads, ids, strict=True):
        say(f"{head} {name}")


def _lines(
    table: pd.DataFrame, project: Project, *, unit: str | None, everything: bool
) -> Iterator[str]:
    """Yield the statements by theme and layer, then what is only counted."""
    from geoplan.catalogue import findings_about, outside_scope
    from geoplan.schema import records

    rows = records(table)
    shown = [r for r in rows if r["reach"] != "drawn" and (everything or r["reach"] != "above")]
    theme = layer = None
    for row in shown:
        if row["theme"] != theme:
            theme, layer = row["theme"], None
            yield f"\n# {row['theme_title']}"
        if row["layer"] != layer:
            layer = row["layer"]
            yield f"\n## {row['layer_title']}　{_source(row)}"
        yield from _statement(row)
    if not rows:
        yield "没有相关内容；用 geoplan catalogue 看有哪些"
        return
    yield ""
    if above := sum(r["reach"] == "above" for r in rows) * (not everything):
        yield f"另有 {above} 条针对所在市、省全域的表述；加 --all 列出"
    if drawn := [r["name"] for r in rows if r["reach"] == "drawn"]:
        yield f"另有 {len(drawn)} 项只有示意图形或图形文件，是否涉及见地图：{'、'.join(drawn)}"
    for title, detail in findings_about(project, unit) if unit else ():
        yield f"文本待核实：{title}。{detail}"
    named = {r["title"] for r in rows}
    for title, scope in outside_scope(project, unit) if unit else ():
        more = "；以上所列只是提及" if title in named else ""
        yield f"不在规划范围：《{title}》（{scope}）{more}"
    yield "行号是所读文本文件的行，正式文件请按章节查找。"


def _source(row: dict[str, Any]) -> str:
    number = f"（{row['number']}）" if row["number"] else ""
    mark = {"expired": "　已到期", "draft": "　草案", "history": "　历史文件"}
    title = f"《{row['title']}》" if row["period_start"] else row["title"]
    return f"{title}{number}{mark.get(row['status'], '')}"


def _statement(row: dict[str, Any]) -> Iterator[str]:
    kind = row["class_title"] or ""
    kind += f"（今：{row['today']}）" if row["today"] else ""
    yield f"- {row['name']}" + (f"　[{kind}]" if kind else "")
    lines = row["lines"].replace(" ", "、")
    places = row["places"] if row["extent"] == "passes" else None
    # Figures of a whole class stand with its name; who is in it stands with its features.
    units = None if row["kind"] == "figures" else row["units"]
    source = f"{row['section']}，第{lines}行" if lines else None
    facts = [row["figures"], units, places, source]
    yield "    " + "；".join(fact for fact in facts if fact)
    for mark in (row["inferred"] and f"推定：{row['inferred']}", row["note"]):
        if mark:
            yield f"    {mark}"
