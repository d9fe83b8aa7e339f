"""Appendix G: USAM on the single-neuron linear network L(x, y) = l(xy)."""

from claims.sam_normalization.neuron_usam import basics, final, formal, initial

CLAIMS = [*formal.CLAIMS, *basics.CLAIMS, *initial.CLAIMS, *final.CLAIMS]
