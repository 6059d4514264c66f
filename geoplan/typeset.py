"""Sheets as PDF and PNG: the door to typst."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import TYPE_CHECKING, Literal

from geoplan.errors import StageError, UsageError
from geoplan.toml import suggestion

if TYPE_CHECKING:
    import typst  # pages and tables are made without it

Format = Literal["pdf", "png"]

DPI = (72, 600)
"""Dots per inch, least and most: at 600, A3 has 70 million of them."""

CHINESE = (
    *("SimHei", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC"),
    *("Source Han Sans CN", "PingFang SC", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei"),
    *("Droid Sans Fallback", "SimSun", "Noto Serif CJK SC", "Source Han Serif SC"),
)
"""Fonts that have Chinese, the first that is installed being used."""

_DOCUMENT = """\
#set document(title: sys.inputs.title, date: none)
#set page(width: {width}mm, height: {height}mm, margin: 0mm)
#image("sheet.svg", width: {width}mm, height: {height}mm, alt: sys.inputs.title)
"""


def check_dpi(dpi: int) -> None:
    """Raise `UsageError` where a resolution is too coarse to read or too fine to hold."""
    if not DPI[0] <= dpi <= DPI[1]:
        raise UsageError(f"{dpi} dots per inch; allowed are {DPI[0]} to {DPI[1]}, 300 is for print")


def chinese_font(wanted: str | None = None) -> str:
    """Return the font `wanted`, or the first installed one that has Chinese.

    Raises `UsageError` where the wanted font is not installed, `StageError`
    where none is.
    """
    there = _fonts().families()
    if wanted is not None:
        names = {name.casefold(): name for name in there}
        if wanted.casefold() not in names:
            near = suggestion(wanted, there)
            raise UsageError(f"no font {wanted!r} is installed.{near} {_ADVICE}")
        return str(names[wanted.casefold()])
    for name in CHINESE:
        if name in there:
            return name
    raise StageError(
        f"PDF and PNG need a font with Chinese, and none of these is installed: "
        f"{', '.join(CHINESE)}. {_ADVICE}"
    )


_ADVICE = (
    "On Debian and Ubuntu: apt-get install fonts-noto-cjk. On Windows: SimHei comes with the "
    "optional feature Chinese (Simplified) Supplemental Fonts. Or name another with --font. "
    "SVG needs no font"
)


@cache
def _fonts() -> typst.Fonts:
    fonts: typst.Fonts = _library().Fonts(include_system_fonts=True, include_embedded_fonts=False)
    return fonts


def _library() -> ModuleType:
    try:
        import typst
    except ImportError as fault:
        raise StageError(
            f"PDF and PNG need the package typst, which cannot be loaded ({fault}); "
            "install it: python -m pip install typst. SVG needs none"
        ) from fault
    return typst


def typeset(
    svg: str, *, size: tuple[float, float], title: str, as_: Format, dpi: int = 300
) -> bytes:
    """Return a sheet of `size` (mm) as PDF, its text as text, or as PNG of `dpi`.

    Raises `StageError` where typst cannot read the sheet.
    """
    library = _library()
    width, height = size
    with TemporaryDirectory() as folder:
        document = Path(folder) / "sheet.typ"
        document.write_text(_DOCUMENT.format(width=width, height=height), encoding="utf-8")
        (Path(folder) / "sheet.svg").write_text(svg, encoding="utf-8", newline="\n")
        try:
            made = library.compile(
                str(document),
                root=folder,
                format=as_,
                ppi=float(dpi),
                font_paths=_fonts(),
                ignore_system_fonts=True,
                sys_inputs={"title": title},
            )
        except (RuntimeError, ValueError) as fault:
            raise StageError(f"typst cannot make the sheet {title!r}: {fault}") from fault
    return bytes(made[0] if isinstance(made, list) else made)
