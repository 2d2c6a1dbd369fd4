"""What evaluating many workbooks gives: as tables, in files, and in a workbook that people open."""
