"""Dai, Ahn, Sra, "The Crucial Role of Normalization in Sharpness-Aware Minimization": its statements as claims."""

from claims.sam_normalization import factorization, factorization_sam, neuron_sam, pl, stability

CLAIMS = [*stability.CLAIMS, *factorization_sam.CLAIMS, *factorization.CLAIMS, *pl.CLAIMS, *neuron_sam.CLAIMS]
