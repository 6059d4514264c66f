"""What the legend of a map sheet says, from top to bottom: the same as on screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from geoplan.publish.images import Image, Swatch, area_text
from geoplan.publish.paper.content import Content
from geoplan.publish.states import SIGNS
from geoplan.publish.statics import Row, km2, percent
from geoplan.publish.views.choose import Band
from geoplan.publish.words import counted, pair

GROUPS = (
    ("geometry", "panel.class"),
    ("list", "legend.list"),
    ("indicative", "indicative.group"),
)


@dataclass(frozen=True)
class Line:
    """One text of a legend, with what stands before and behind it."""

    text: str
    """A line break in it begins what is said in addition."""
    kind: str
    """``group``, ``layer``, ``class`` or ``small``."""
    sign: Row | Band | Swatch | str | None = None
    """What is drawn before it: of an item, of a class of a view or a raster, or a state's sign."""
    figures: tuple[str, str] = ("", "")


def lines_of(content: Content, *, lang: int) -> list[Line]:
    """Return the lines of the legend of `content` in a language (0 zh, 1 en)."""
    if not content.rows and content.view is None and not content.images:
        return [Line(pair("legend.empty")[lang], "small")]
    made = [*_view(content, lang)]
    for basis, title in GROUPS:
        group = [row for row in content.rows if row.item.basis == basis]
        made += _group(pair(title)[lang], group, figures=basis != "list", lang=lang)
    made += _states(content, lang)
    for image in content.images:
        made += _image(content, image, lang)
    if any(row.item.basis == "geometry" for row in content.rows):
        made.append(Line(pair("legend.county_level.note")[lang], "small"))
    if content.stops:
        names = [f"{n} {name[lang]}" for n, (_, name, *_) in enumerate(content.stops, 1)]
        made.append(
            Line(
                pair("view.stops")[lang] + ("：", ": ")[lang] + ("—", " – ")[lang].join(names),
                "small",
            )
        )
    return made


def _heads(lang: int) -> tuple[str, str]:
    return pair("measure.km2")[lang], pair("legend.share")[lang]


def _view(content: Content, lang: int) -> Iterator[Line]:
    """Yield a line for each class: its counties, and of whole units their area and share."""
    view = content.view
    if view is None:
        return
    status = content.view_status
    yield Line(
        content.view_head[lang] + (_bracketed(status[lang], lang) if status else ""),
        "group",
        figures=_heads(lang) if view.measured else ("", ""),
    )
    inside = sum(content.areas[c] for c, at in view.of.items() if not view.bands[at].out)
    for number, band in enumerate(view.bands):
        codes = [code for code, at in view.of.items() if at == number]
        many = counted("view.n", n=len(codes))[lang]
        area = sum(content.areas[code] for code in codes)
        text, figures = band.title[lang], ("", many)
        if view.measured:
            text += f"\n{many}"
            known = codes and not band.out
            figures = (km2(area), percent(area / inside)) if known else ("", "")
        yield Line(text, "class", band, figures)
    if view.measured:
        yield Line(pair("view.whole", unit=content.view_unit[lang])[lang], "small")
    elif view.note:
        yield Line(view.note[lang], "small")


def _group(title: str, rows: Sequence[Row], *, figures: bool, lang: int) -> Iterator[Line]:
    layer = None
    if rows:
        yield Line(title, "group", figures=_heads(lang) if figures else ("", ""))
    for row in rows:
        if row.item.layer != layer:
            layer = row.item.layer
            own = [other for other in rows if other.item.layer == layer]
            whose = next((r.share_of for r in own if figures and r.figures[1][lang]), None)
            marks = [text[lang] for text in (row.status, whose) if text]
            more = "".join(_bracketed(mark, lang) for mark in marks)
            yield Line(row.layer[lang] + more, "layer")
        text = " ".join(row.cls[lang].split())
        if row.today[lang]:
            text += f"\n{pair('legend.today')[lang]}{row.today[lang]}"
        yield Line(text, "class", row, (row.figures[0][lang], row.figures[1][lang]))


def _image(content: Content, image: Image, lang: int) -> Iterator[Line]:
    """Yield the steps of a raster, the highest first, or its classes with area and share."""
    heads = _heads(lang) if image.categorical else ("", image.unit[lang])
    yield Line(image.title[lang], "group", figures=heads)
    if image.synthetic:
        yield Line(pair("raster.synthetic")[lang], "small")
    yield Line(image.note[lang], "small")
    for swatch in image.legend if image.categorical else image.legend[::-1]:
        row = content.zonal.get((image.id, swatch.id)) if image.categorical else None
        figures = (
            (area_text(image, row["area_km2"]), percent(row["share_of_unit"])) if row else ("", "")
        )
        yield Line(swatch.title[lang], "class", swatch, figures)
    row = None if image.categorical else content.zonal.get((image.id, ""))
    if row is not None and row["mean"] is not None:
        names = (("raster.mean", "mean"), ("raster.min", "min"), ("raster.max", "max"))
        told = (f"{pair(word)[lang]} {row[name]:.{image.digits}f}" for word, name in names)
        said = content.unit[lang] + ("：", ": ")[lang] + ("，", ", ")[lang].join(told)
        yield Line(said, "small")


def _states(content: Content, lang: int) -> Iterator[Line]:
    """Yield a line for each sign: the word of its one reason, or what several have in common."""
    counts = {
        state: sum(own == state for own in content.states.values())
        for state in SIGNS
        if state in content.states.values()
    }
    if counts:
        yield Line(pair("legend.states")[lang], "group")
    for sign in dict.fromkeys(SIGNS.values()):
        found = [state for state in counts if SIGNS[state] == sign]
        if not found:
            continue
        text = pair(f"state.{found[0] if len(found) == 1 else 'no_data'}")[lang]
        if len(found) > 1:
            told = (f"{pair(f'state.{state}')[lang]} {counts[state]}" for state in found)
            text += "\n" + ("，", ", ")[lang].join(told)
        many = counted("view.n", n=sum(counts[state] for state in found))[lang]
        yield Line(text, "class", sign, ("", many))


def _bracketed(text: str, lang: int) -> str:
    return f"（{text}）" if lang == 0 else f" ({text})"
