"""SymPy expressions in each number system: exact, ball, float; and as SMT-LIB, Gram entries and LaTeX."""
