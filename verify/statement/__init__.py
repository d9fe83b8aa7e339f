"""What can be said: vectors, losses, formulas, systems, claims and their domains."""
