"""What people take home: a workbook, styled shapes, and what describes the files."""
