"""Spreadsheet files: writing, reading and recalculating them. No rule lives here."""
