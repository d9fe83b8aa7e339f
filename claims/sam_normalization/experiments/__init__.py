"""The paper's figures run as experiments: the procedures, the effects, the controls and the pictures."""
