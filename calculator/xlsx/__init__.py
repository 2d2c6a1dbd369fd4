"""A spreadsheet file as parts, cells, references and formulas; knows no model."""
