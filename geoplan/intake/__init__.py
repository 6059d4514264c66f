"""Files of the user's own: looked at, taken, converted, and kept for commands that compute."""

from geoplan.intake.convert import Converted, Wanted, convert
from geoplan.intake.ground import Ground, ground_of
from geoplan.intake.inspect import inspected
from geoplan.intake.model import Inspected
from geoplan.intake.named import Options, Replaced, replaced
from geoplan.intake.stored import Stored, needs_taking, stored
from geoplan.intake.take import Taken, digest_of, rows_of, take

__all__ = [
    "Converted",
    "Ground",
    "Inspected",
    "Options",
    "Replaced",
    "Stored",
    "Taken",
    "Wanted",
    "convert",
    "digest_of",
    "ground_of",
    "inspected",
    "needs_taking",
    "replaced",
    "rows_of",
    "stored",
    "take",
]
