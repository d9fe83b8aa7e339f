"""How a counterexample is found: screen, sample, ascend; whatever looks bad is certified exactly."""
