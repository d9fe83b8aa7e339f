"""The truth about the classics of ``claims.textbook``, which no claim carries itself."""

from __future__ import annotations

_TRUE = """
am-gm am-gm-three harmonic-mean power-mean chebyshev schur nesbitt motzkin young young-three bernoulli-half
kantorovich cauchy-schwarz cauchy-schwarz-space triangle-below convex-combination clip-is-nonexpansive
exponential-tangent logarithm-tangent negative-entropy log-sum-exp exponential-quadratic hoeffding jordan
self-concordance logistic-curvature descent-lemma interpolation co-coercivity strong-co-coercivity
gap-below-gradient gradient-below-gap gd-decrease gd-nonexpansive gd-gradient-shrinks gd-distance polyak-step
gd-rate gd-one-step gd-contraction-of-an-eigenvalue gd-best-step gd-contraction gd-strongly-convex-distance
gd-pl gd-threshold proximal-firmly-nonexpansive proximal-decrease proximal-contraction soft-thresholding moreau
heavy-ball-roots heavy-ball-energy fista-momentum descent-ascent-grows extragradient bernoulli heron-error
heron-decreases heron-stays-above logistic-interval logistic-cycle nested-roots means-approach sum-of-cubes
frank-wolfe root-limit pl-quadratic-growth
"""
#: Statements that hold, each proved at the place that its source names.
TRUE = frozenset(_TRUE.split())

#: Statements that do not, each with what makes it fail.
FALSE = {
    "am-gm-of-all-signs": "x = y = -1 and z = 1 give -1 >= 27",
    "nesbitt-sharper": "equality at x = y = z",
    "motzkin-larger": "x = y = 1",
    "young-not-conjugate": "x = y = 1",
    "square-of-a-sum": "u = v",
    "log-sum-exp-closer": "log 2 > 2/3",
    "exponential-quadratic-everywhere": "x = 2",
    "hoeffding-sharper": "the second derivatives at 0",
    "jordan-beyond": "sin(8/5) < 1 < 16/(5 pi)",
    "logistic-curvature-sharper": "x = 0",
    "descent-lemma-sharper": "the quadratic with curvature beta",
    "interpolation-sharper": "the quadratic with curvature beta",
    "co-coercivity-without-convexity": "a concave quadratic",
    "strong-co-coercivity-sharper": "the quadratic with curvature alpha",
    "gap-below-gradient-sharper": "the quadratic with curvature alpha",
    "pl-implies-convex": "w^2 + 3 sin(w)^2",
    "pl-quadratic-growth-twice": "the quadratic with curvature mu",
    "gd-decrease-larger": "the quadratic with curvature beta",
    "gd-decrease-past-the-threshold": "the quadratic with curvature beta",
    "gd-nonexpansive-without-convexity": "a concave quadratic",
    "gd-gradient-shrinks-without-convexity": "a concave quadratic",
    "polyak-step-larger": "a loss that is nearly linear far from its minimizer",
    "gd-one-step-better": "a Huber loss from afar",
    "gd-two-steps-better": "a Huber loss from afar",
    "gd-best-rate-with-a-shorter-step": "the least eigenvalue",
    "gd-contraction-better": "the quadratic with curvature beta, for eta > 2/(alpha + beta)",
    "gd-pl-better": "the quadratic with curvature mu",
    "gd-threshold-attained": "the iterates alternate",
    "proximal-firmly-nonexpansive-twice": "a constant loss",
    "proximal-decrease-larger": "a loss that is nearly linear",
    "proximal-contraction-better": "the quadratic with curvature alpha",
    "hard-thresholding": "x = 2, y = 1, lambda = 1",
    "heavy-ball-roots-threshold": "z = -1",
    "heavy-ball-descends": "from rest at a minimizer, the ball rolls on",
    "heavy-ball-converges": "the cycle of three that attracts starts near 13/4",
    "fista-momentum-above": "s_1 = (1 + sqrt 5)/2 > 3/2",
    "descent-ascent-converges": "the distance grows by sqrt(1 + eta^2)",
    "extragradient-long-steps": "eta > 1",
    "bernoulli-everywhere": "(-3)^3 < 1 - 12",
    "heron-decreases-from-anywhere": "a start below the root",
    "newton-converges": "the cycle 0, 1",
    "newton-without-damping": "the cycle 1, -1",
    "logistic-settles": "the cycle 3/7, 6/7 for r = 7/2",
    "nested-roots-lower": "their limit is larger than 9/5",
    "means-approach-faster": "y near 0",
    "frank-wolfe-faster": "h_1 = C/2",
}
