"""The fused lane kernel of the screen: a claim's own expressions as machine code for blocks of 64 points."""
