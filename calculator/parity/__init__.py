"""What a workbook holds against what it should: what differs, and what follows from what."""
