"""A second encoding of the paper's statements, independent of ``claims/sam_normalization`` and in another form.

Plain Python on fractions and balls: no expression trees, no definition shared with the first encoding. What the paper
prints is put differently on purpose: divided or squared, recursions unrolled, SAM in the coordinates of a quadrant,
the hypotheses in another order. Where the two disagree, one of them is a transcription error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tests.claims.second import factorization as fa
from tests.claims.second import neuron as ne
from tests.claims.second import points
from tests.claims.second import stability as st
from tests.claims.second.statement import Answer as Answer
from tests.claims.second.statement import Encoding as Encoding
from tests.claims.second.statement import Point as Point

#: For statements whose conclusion holds at every admissible point that is drawn.
TRUE = frozenset({True})
BOTH = frozenset({True, False})

Part = Callable[[Point], Iterable[bool | None]]


def _along(given: Part, shown: Part, draw: points.Draw, truths: frozenset[bool] = BOTH) -> Encoding:
    """A statement about a trajectory, which takes longer to evaluate."""
    return Encoding(given, shown, draw, truths, inside=40, outside=15)


ENCODINGS = {
    "gd-stability": Encoding(st.gd_given, st.gd_shown, points.gd, truths=TRUE),
    "theorem-1.sam": Encoding(st.theorem_1_sam_given, st.geometric_and_bias, points.strongly_convex),
    "theorem-8": Encoding(st.theorem_8_given, st.geometric_and_bias, points.strongly_convex),
    "lemma-9": Encoding(st.lemma_9_given, st.lemma_9_shown, points.convex),
    "theorem-10.1": Encoding(st.theorem_10_1_given, st.theorem_10_1_shown, points.diagonal, truths=TRUE),
    "theorem-10.2": Encoding(st.theorem_10_2_given, st.theorem_10_2_shown, points.diagonal, truths=TRUE),
    "theorem-48": Encoding(st.pl_given, st.theorem_48_shown, points.polyak_lojasiewicz),
    "lemma-49": Encoding(st.pl_given, st.lemma_49_shown, points.polyak_lojasiewicz, truths=TRUE),
    "smoothness-2.2": Encoding(fa.smoothness_given, fa.smoothness_shown, points.smoothness),
    "theorem-12.monotone": Encoding(fa.monotone_given, fa.monotone_shown, points.factorization, truths=TRUE),
    "lemma-13": Encoding(fa.lemma_13_given, fa.lemma_13_shown, points.far_from_both_axes),
    "lemma-14": Encoding(fa.lemma_14_given, fa.lemma_14_shown, points.beside_the_y_axis),
    "eq-9": Encoding(fa.eq_9_given, fa.eq_9_shown, points.beside_the_y_axis),
    "theorem-15": Encoding(fa.theorem_15_given, fa.theorem_15_shown, points.usam_factorization, truths=TRUE),
    "lemma-17": Encoding(ne.sam_state, ne.lemma_17_shown, points.radius_and_state, truths=TRUE),
    "lemma-18": Encoding(ne.sam_state, ne.lemma_18_shown, points.neuron_state, truths=TRUE),
    "lemma-30": Encoding(ne.lemma_30_given, ne.lemma_30_shown, points.upper_state, truths=TRUE),
    "eq-12": Encoding(ne.sam_state, ne.eq_12_shown, points.neuron_state, truths=TRUE),
    "eq-13": Encoding(ne.sam_state, ne.eq_13_shown, points.neuron_state, truths=TRUE),
    "claim-22.identity": Encoding(ne.sam_state, ne.claim_22_identity_shown, points.neuron_state, truths=TRUE),
    "lemma-28": Encoding(ne.lemma_28_given, ne.lemma_28_shown, points.sam_setting_and_state),
    "lemma-34": Encoding(ne.lemma_34_given, ne.lemma_34_shown, points.sam_setting_in_the_box, truths=TRUE),
    "theorem-20.lower": _along(ne.sam_initial_given, ne.sam_initial_lower_shown, points.along_sam, truths=TRUE),
    "theorem-20.decrease": _along(ne.sam_initial_step_given, ne.sam_initial_decrease_shown, points.along_sam),
    "lemma-24.decrease": _along(ne.sam_initial_step_given, ne.sam_initial_decrease_shown, points.along_sam),
    "lemma-24.duration": _along(
        ne.lemma_24_duration_given, ne.lemma_24_duration_shown, points.sam_setting, truths=TRUE
    ),
    "lemma-27": _along(ne.lemma_27_given, ne.lemma_27_shown, points.along_sam_from_a_rational_height, truths=TRUE),
    "theorem-26.bounds": _along(ne.theorem_26_bounds_given, ne.theorem_26_bounds_shown, points.along_sam, truths=TRUE),
    "theorem-26.drop": _along(ne.theorem_26_drop_given, ne.theorem_26_drop_shown, points.along_sam, truths=TRUE),
    "lemma-36": Encoding(ne.usam_off_axes, ne.lemma_36_shown, points.radius_and_state, truths=TRUE),
    "lemma-37": Encoding(ne.lemma_37_given, ne.lemma_37_shown, points.quadrant_state),
    "eq-20": Encoding(ne.usam_state, ne.eq_20_shown, points.neuron_state, truths=TRUE),
    "lemma-45.step": Encoding(
        ne.lemma_45_step_given, ne.lemma_45_step_shown, points.usam_setting_and_state, truths=TRUE
    ),
    "lemma-46": Encoding(ne.lemma_46_given, ne.lemma_46_shown, points.usam_setting_and_state),
    "claim-41": _along(ne.claim_41_given, ne.claim_41_shown, points.along_usam, truths=TRUE),
    "claim-42": _along(ne.claim_42_given, ne.claim_42_shown, points.along_usam, truths=TRUE),
    "lemma-43.decrease": _along(ne.lemma_43_given, ne.lemma_43_decrease_shown, points.along_usam),
    "eq-7.threshold": Encoding(ne.threshold_given, ne.eq_7_threshold_shown, points.flat_state, truths=TRUE),
    "footnote-3": Encoding(ne.threshold_given, ne.footnote_3_shown, points.flat_state),
}
