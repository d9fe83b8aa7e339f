"""Claims of papers, one package each."""
