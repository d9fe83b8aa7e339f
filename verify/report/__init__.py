"""What was found, for the reader: report and errata in Markdown, pictures, and witnesses worked by hand."""

from verify.report.build import write as write
from verify.report.groups import groups_of as groups_of
