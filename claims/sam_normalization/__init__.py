"""Dai, Ahn, Sra, "The Crucial Role of Normalization in Sharpness-Aware Minimization": its statements as claims."""

from claims.sam_normalization import factorization, neuron_sam, pl, stability

CLAIMS = [*stability.CLAIMS, *factorization.CLAIMS, *pl.CLAIMS, *neuron_sam.CLAIMS]
