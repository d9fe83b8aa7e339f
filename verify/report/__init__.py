"""What was found, for the reader: the report in Markdown, its pictures, and witnesses worked by hand."""

from verify.report.build import write as write
