"""The second checker: obligations of a certificate as Coq files, run through coqc, and what it accepted."""
