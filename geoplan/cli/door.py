"""The door of the command line: errors become one message and an exit code."""

from __future__ import annotations

import os
import sys
import traceback

import typer

from geoplan.cli.apportion import apportion
from geoplan.cli.build import build, clean, run, status, verify, watch, why
from geoplan.cli.catalogue import catalogue
from geoplan.cli.commands import app
from geoplan.cli.derive import derive
from geoplan.cli.difference import difference
from geoplan.cli.export import export
from geoplan.cli.inspect import convert, inspect
from geoplan.cli.ledger import ledger
from geoplan.cli.options import print_event
from geoplan.cli.overlay import overlay, tabulate
from geoplan.cli.own_map import map_
from geoplan.cli.pivot import pivot
from geoplan.cli.report import report
from geoplan.cli.say import plain, quieten, say
from geoplan.cli.suitability import suitability
from geoplan.cli.trace import trace
from geoplan.cli.versions import compare
from geoplan.cli.zonal import zonal
from geoplan.errors import GeoplanError, StageError, UsageError

for command in (build, run, status, why, verify, watch, clean, export):
    app.command()(command)
app.command()(inspect)
app.command()(convert)
app.command()(report)
app.command()(pivot)
app.command()(apportion)
app.command()(tabulate)
app.command()(overlay)
app.command()(zonal)
app.add_typer(derive, name="derive")
app.command()(difference)
app.command()(compare)
app.command()(ledger)
app.command()(suitability)
app.command("map")(map_)
app.command()(trace)
app.add_typer(catalogue, name="catalogue")


def main() -> None:
    """Run the command line; errors become one message and an exit code, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        # Consoles of Chinese Windows are GBK and cannot print every name.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    quieten()
    try:
        code = app(standalone_mode=False)
    except Exception as fault:  # noqa: BLE001 - the last door before the user
        _report(fault)
    except KeyboardInterrupt:
        _fail("stopped; what was published before is whole", 130)
    else:
        sys.exit(code if isinstance(code, int) else 0)


def _report(fault: Exception) -> None:
    if isinstance(fault, BrokenPipeError):
        # Whoever read the output has enough of it: `geoplan units | head`.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    elif isinstance(fault, typer.Abort):
        _fail("stopped; what was published before is whole", 130)
    elif isinstance(fault, typer.TyperException):
        # Wrong options and commands: typer knows best how to show them to a person.
        code = getattr(fault, "exit_code", UsageError.exit_code)
        show = getattr(fault, "show", None)
        if show is None or "--json" in sys.argv:
            _fail(getattr(fault, "message", str(fault)), code, UsageError.code)
        else:
            fault.message = plain(getattr(fault, "message", str(fault)))
            show()
            sys.exit(code)
    elif isinstance(fault, GeoplanError):
        _fail(str(fault), fault.exit_code, fault.code)
    elif isinstance(fault, OSError):
        _fail(
            f"{fault.filename or 'a file'}: {fault.strerror or fault}",
            StageError.exit_code,
            "stage",
        )
    else:
        if os.environ.get("GEOPLAN_DEBUG"):
            say("".join(traceback.format_exception(fault)), err=True)
        _fail(
            f"a fault of geoplan itself, {type(fault).__name__}: {fault}. "
            "Set GEOPLAN_DEBUG=1 to see where, and report it",
            StageError.exit_code,
            GeoplanError.code,
        )


def _fail(message: str, exit_code: int, code: str = "") -> None:
    """Say what is wrong and end; `code` is what ``docs/errors.md`` calls it."""
    if "--json" in sys.argv:
        known = {"code": code} if code else {}
        print_event("error", {"message": message, "exit_code": exit_code, **known})
    else:
        message = f"{message} [{code}]" if "." in code else message
        say(f"geoplan: {message}", err=True)
    sys.exit(exit_code)
