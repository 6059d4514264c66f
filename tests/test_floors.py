"""The floors of docs/design.md, section 2, and the budgets of code, read from the source."""

from __future__ import annotations

import ast
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "geoplan"

STAGES = {"boundaries", "layers", "overlay", "analysis", "publish"}
LOW = {
    "errors": set[str](),
    "toml": set[str](),
    "geometry": set[str](),
    "schema": {"errors"},
    "crs": {"errors", "reading"},
    "guard": {"errors", "formats", "reading"},
    "formats": set[str](),
    "files": {"errors"},
    "inside": {"errors"},
    "manifest": {"errors", "files"},
    "vector": {"errors", "crs", "formats", "guard", "reading"},
    "repair": {"errors", "crs", "geometry", "reading"},
    "kept": {"errors", "files", "vector"},
    "cluster": {"errors"},
    "folders": {"errors", "files", "manifest"},
    "sheet": set[str](),
    "spreadsheet": {"errors"},
    "strict": {"errors", "toml"},
    "written": set[str](),
    "reading": set[str](),
    "pictured": set[str](),
    "sides": set[str](),
    "base_map": {"strict"},
    "config": {"base_map", "errors", "inside", "strict"},
    "raster": {"errors", "crs", "geometry", "guard"},
    "mappings": {"config", "crs", "errors", "geometry", "reading", "strict"},
    "gazetteer": {"errors", "schema", "toml", "vector"},
    "unit_table": {"errors", "gazetteer"},
}
"""Floors 0 and 1: what each part may import."""

MAY_IMPORT = {
    **LOW,
    **{stage: set(LOW) for stage in STAGES},
    "typeset": {"errors", "toml"},
    "word": {"written"},
    "build": {*LOW, *STAGES, "typeset", "word"},
    "json_schema": {"config", "layers", "mappings", "suitability"},
    "engine": {
        "errors",
        "toml",
        "geometry",
        "crs",
        "vector",
        "cluster",
        "files",
        "folders",
        "sheet",
    },
    "catalogue": {*LOW, "build", "layers"},
    "intake": {*LOW, "boundaries", "build", "mappings"},
    "sources": {*LOW, "build", "engine", "intake", "overlay"},
    "derived": {*LOW, "boundaries", "build", "layers", "overlay", "sources"},
    "difference": {*LOW, "boundaries", "build", "engine", "sources"},
    "zonal": {"errors", "crs", "geometry", "raster", "cluster"},
    "zones": {*LOW, "boundaries", "build", "sources", "zonal"},
    "trace": {*LOW, "build", "layers", "publish"},
    "ledger": {*LOW, "build", "overlay", "sources"},
    "apportion": {*LOW, "build", "intake", "overlay", "own_map", "publish", "sources"},
    "suitability": {*LOW, "build", "derived", "layers", "ledger", "publish", "sources"},
    "versions": {
        *LOW,
        *("build", "catalogue", "difference", "layers", "overlay", "own_map", "sources"),
    },
    "own_map": {*LOW, "boundaries", "layers", "overlay", "publish", "engine", "intake"},
    "cli": {
        "",
        "errors",
        "schema",
        "config",
        "build",
        "apportion",
        "catalogue",
        "json_schema",
        "engine",
        "intake",
        "reading",
        "zonal",
        "zones",
        "cluster",
        "folders",
        "manifest",
        "sources",
        "derived",
        "difference",
        "versions",
        "ledger",
        "own_map",
        "suitability",
        "trace",
    },
    "": {"errors", "config", "build", "catalogue", "engine", "sources", "own_map"},
}
"""Every part of the package, the root being ''; a part is a module or a folder."""

DOORS = {
    "dask": {"cluster"},
    "distributed": {"cluster"},
    "rasterio": {"raster"},
    "exactextract": {"raster"},
    "pyogrio": {"vector"},
    "fiona": set[str](),
    "pyarrow": {"vector"},
    "pyproj": {"crs"},
    "folium": {"publish"},
    "branca": {"publish"},
    "xstatic": {"publish"},
    "jinja2": {"publish"},
    "numba": {"engine"},
    "typer": {"cli"},
    "click": set[str](),
    "rich": {"cli"},
    "filelock": {"folders"},
    "watchdog": {"build"},
    "rapidfuzz": {"toml"},
    "typst": {"typeset"},
    "xlsxwriter": {"spreadsheet"},
    "docx": {"word"},
    "tomllib": {"toml"},
}
"""The only parts that may import a library."""

CALLS = {
    "read_parquet": {"vector"},
    "to_parquet": {"vector"},
    "read_feather": set[str](),
    "to_feather": set[str](),
    "read_file": set[str](),
    "to_file": set[str](),
    "import_module": {"", "build"},
    "__import__": set[str](),
}
"""The only parts that may use a name, also as a method of a table."""

MODULE_LINES, BODY_LINES, MEDIAN_BODY_LINES, ARGUMENTS = 300, 60, 12, 6

Func = ast.FunctionDef | ast.AsyncFunctionDef
Documented = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Module:
    """One source file of the package."""

    name: str
    tree: ast.Module
    lines: int
    is_package: bool = False

    @property
    def part(self) -> str:
        """First name below the package: a module or a stage; '' for the root."""
        return self.name.partition(".")[2].partition(".")[0]


def parse(name: str, text: str, *, is_package: bool = False) -> Module:
    """Parse the source of one module."""
    return Module(name, ast.parse(text), text.count("\n"), is_package)


def read_package() -> list[Module]:
    """Read every module of the package."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        is_package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if is_package else parts)
        found.append(parse(name, path.read_text("utf-8"), is_package=is_package))
    return found


MODULES = read_package()
NAMES = {module.name for module in MODULES}
each_module = pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)


def imported(module: Module) -> set[str]:
    """Return every dotted name that a module imports, at its top and inside functions."""
    found: set[str] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module.name}:{node.lineno}: imports are absolute"
            stem = node.module or ""
            found |= {f"{stem}.{alias.name}" for alias in node.names}
    return found


def inner(module: Module, names: set[str] = NAMES) -> set[str]:
    """Return the modules of the package that a module imports."""
    found = set()
    for name in imported(module):
        if name == "geoplan" or name.startswith("geoplan."):
            target = name
            while target not in names:
                target = target.rpartition(".")[0]
            found.add(target)
    return found - {module.name}


def parts_used(module: Module, names: set[str] = NAMES) -> set[str]:
    """Return the parts of the package that a module imports, without its own."""
    used = {name.partition(".")[2].partition(".")[0] for name in inner(module, names)}
    return used - {module.part}


def libraries(module: Module) -> set[str]:
    """Return the names of the libraries that a module imports."""
    return {name.partition(".")[0] for name in imported(module)}


def names_used(module: Module) -> set[str]:
    """Return every plain or dotted name that a module reads."""
    found = {node.id for node in ast.walk(module.tree) if isinstance(node, ast.Name)}
    found |= {node.attr for node in ast.walk(module.tree) if isinstance(node, ast.Attribute)}
    return found | {name.rpartition(".")[2] for name in imported(module)}


def functions(module: Module) -> list[Func]:
    """Return all functions of a module, also methods and inner ones."""
    return [node for node in ast.walk(module.tree) if isinstance(node, Func)]


def public(body: list[ast.stmt], inside: str = "") -> Iterator[tuple[str, Documented]]:
    """Yield public functions and classes with their methods, by dotted name."""
    for node in body:
        if isinstance(node, Documented) and not node.name.startswith("_"):
            yield inside + node.name, node
            if isinstance(node, ast.ClassDef):
                yield from public(node.body, f"{inside}{node.name}.")


def body_lines(function: Func) -> int:
    """Return the lines of a function's body without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return (function.end_lineno or 0) - body[0].lineno + 1 if body else 0


def arguments(function: Func) -> list[ast.arg]:
    """Return the arguments of a function without self and cls."""
    spec = function.args
    every = [*spec.posonlyargs, *spec.args, *spec.kwonlyargs, spec.vararg, spec.kwarg]
    return [arg for arg in every if arg is not None and arg.arg not in ("self", "cls")]


def positional(function: Func) -> list[str]:
    """Return the names of arguments that need not be named, without self and cls."""
    names = [arg.arg for arg in (*function.args.posonlyargs, *function.args.args)]
    return [name for name in names if name not in ("self", "cls")]


def cycles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Return the groups of modules that import one another."""

    def reach(start: str) -> set[str]:
        seen: set[str] = set()
        todo = [start]
        while todo:
            for name in graph.get(todo.pop(), set()) - seen:
                seen.add(name)
                todo.append(name)
        return seen

    reached = {name: reach(name) for name in graph}
    groups = {
        tuple(sorted(other for other in reached[name] if name in reached.get(other, set())))
        for name in graph
    }
    return [list(group) for group in groups if group]


SAMPLE = '''
"""Module."""
import os.path
from geoplan import crs, schema
from geoplan.schema.tables import TABLES

def one(a: int, b: int, c, *, d: int = 1) -> int:
    """Doc."""
    from geoplan.publish import site
    if a:
        import rasterio
    frame.to_parquet(a)
    return 1

class Two:
    def three(self, *rest: int) -> None: ...

    def _four(self): ...
'''


@pytest.fixture
def sample() -> Module:
    """Return a module with one of each fault."""
    return parse("geoplan.overlay.sample", SAMPLE)


def test_reader_sees_imports_inside_functions(sample: Module) -> None:
    assert parts_used(sample) == {"crs", "schema", "publish"}
    assert "rasterio" in libraries(sample)
    assert "to_parquet" in names_used(sample)


def test_reader_sees_functions_and_arguments(sample: Module) -> None:
    one, three, four = functions(sample)
    assert [body_lines(f) for f in (one, three, four)] == [5, 1, 1]
    assert [len(arguments(f)) for f in (one, three, four)] == [4, 1, 0]
    assert [is_typed(f) for f in (one, three, four)] == [False, True, False]
    assert [name for name, _ in public(sample.tree.body)] == ["one", "Two", "Two.three"]


def test_cycles_are_found() -> None:
    assert cycles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [["a", "b", "c"]]
    assert cycles({"a": {"b"}, "b": set()}) == []


def test_every_part_has_a_floor() -> None:
    assert {module.part for module in MODULES} == set(MAY_IMPORT)


def test_the_table_of_floors_goes_down_only() -> None:
    assert cycles({part: uses - {""} for part, uses in MAY_IMPORT.items()}) == []
    for stage in STAGES:
        assert not MAY_IMPORT[stage] & STAGES


@each_module
def test_imports_go_down_only(module: Module) -> None:
    assert parts_used(module) <= MAY_IMPORT[module.part]


@each_module
def test_one_door_per_library(module: Module) -> None:
    wrong = {name for name in libraries(module) & set(DOORS) if module.part not in DOORS[name]}
    assert not wrong
    calls = {name for name in names_used(module) & set(CALLS) if module.part not in CALLS[name]}
    assert not calls


@pytest.mark.parametrize("library", [name for name, parts in DOORS.items() if parts])
def test_every_door_is_used(library: str) -> None:
    users = {module.part for module in MODULES if library in libraries(module)}
    assert users == DOORS[library]


def test_no_import_cycle() -> None:
    # Packages hand on names of their modules, which is no cycle: only `__init__` imports those.
    graph = {module.name: inner(module) for module in MODULES if not module.is_package}
    assert cycles(graph) == []


@each_module
def test_no_module_imports_its_own_package(module: Module) -> None:
    above = module.name.rpartition(".")[0]
    assert above == "geoplan" or above not in inner(module)


def is_typed(function: Func) -> bool:
    """Return whether all arguments and the return are annotated."""
    returns = function.returns is not None or function.name == "__init__"
    return returns and all(arg.annotation is not None for arg in arguments(function))


@each_module
def test_module_is_short(module: Module) -> None:
    assert module.lines <= MODULE_LINES


@each_module
def test_functions_are_short(module: Module) -> None:
    long = {f.name: body_lines(f) for f in functions(module) if body_lines(f) > BODY_LINES}
    assert not long


def test_functions_are_short_as_a_rule() -> None:
    lengths = [body_lines(f) for module in MODULES for f in functions(module)]
    assert statistics.median(lengths) <= MEDIAN_BODY_LINES


@each_module
def test_functions_have_few_arguments(module: Module) -> None:
    if module.part == "cli":  # options of people, not arguments
        return
    many = {f.name: len(arguments(f)) for f in functions(module) if len(arguments(f)) > ARGUMENTS}
    assert not many


@each_module
def test_public_arguments_after_two_have_names(module: Module) -> None:
    if module.part == "cli":  # commands are called by typer, by name
        return
    here = [node for name, node in public(module.tree.body) if isinstance(node, Func)]
    # numba compiles no arguments that have to be named.
    named = [f for f in here if not any("compiled" in ast.dump(d) for d in f.decorator_list)]
    many = {f.name for f in named if len(positional(f)) > 2}
    # check, subject, message; file, code, text: these read as a sentence
    assert many <= {"issue_row", "refusal", "told"}  # codes and words of one row


@each_module
def test_functions_are_typed(module: Module) -> None:
    assert not [f.name for f in functions(module) if not is_typed(f)]


@each_module
def test_public_names_have_docstrings(module: Module) -> None:
    assert ast.get_docstring(module.tree), "the module itself"
    bare = [name for name, node in public(module.tree.body) if ast.get_docstring(node) is None]
    assert not bare


def test_there_are_at_least_as_many_lines_of_tests_as_of_code() -> None:
    tests = sum(p.read_text("utf-8").count("\n") for p in (ROOT / "tests").rglob("*.py"))
    code = sum(module.lines for module in MODULES)
    assert tests >= code
