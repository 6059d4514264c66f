"""Exclusion ledgers: what constraints take of a class, alone and in order, and what remains."""

from geoplan.ledger.entries import Entry, entry_of, read_entries
from geoplan.ledger.make import Ledger, make_ledger
from geoplan.ledger.write import save

__all__ = ["Entry", "Ledger", "entry_of", "make_ledger", "read_entries", "save"]
