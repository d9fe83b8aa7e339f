"""Appendix F: SAM on the single-neuron linear network L(x, y) = l(xy)."""

from claims.sam_normalization.neuron_sam import basics, final, formal, initial, middle

CLAIMS = [*formal.CLAIMS, *basics.CLAIMS, *initial.CLAIMS, *middle.CLAIMS, *final.CLAIMS]
