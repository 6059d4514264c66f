"""Dossiers: what plans say of a unit, in a theme or in one document, as a report."""
