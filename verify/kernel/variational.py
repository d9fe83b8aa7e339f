"""Points that Ekeland's variational principle gives: as far away as the gap pays for, and hardly sloping there.

Of a loss with a gradient everywhere and a minimum.  For a weight k > 0 the function sqrt(L - min L) + sqrt(k) |v - w|
of v is continuous, and tends to infinity with |v|; so there is a v at which it is least.  There it is at most what it
is at w, so

    L(v) - min L + k |v - w|^2 <= (sqrt(L(v) - min L) + sqrt(k) |v - w|)^2 <= L(w) - min L.

If L(v) > min L, then sqrt(L - min L) has the gradient grad L(v) / (2 sqrt(L(v) - min L)) at v, of a norm of at most
sqrt(k): otherwise a small step against it would lower the sum.  If L(v) = min L, then grad L(v) = 0.  In both cases

    |grad L(v)|^2 <= 4 k (L(v) - min L).

For k <= 0 both hold where v is a minimizer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import sympy as sp
from sympy.logic.boolalg import Boolean

from verify.errors import CertificateError
from verify.statement.loss import EkelandPoint, Gradient, LossClass, LossMinimum, LossValue, Projection
from verify.statement.vectors import Inner


def ekeland_facts(loss_class: LossClass, vectors: Iterable[sp.Expr]) -> Iterator[tuple[Boolean, tuple[sp.Expr, ...]]]:
    """What is known of each such point among some vectors, and the terms that have to have values for it.

    Among the facts is that no minimizer is nearer to w than the projection of w: v is none, or not nearer.

    Raises:
        CertificateError: the losses of the class are not known to have gradients everywhere and a minimum.
    """
    vectors = list(vectors)
    for point in vectors:
        if not isinstance(point, EkelandPoint):
            continue
        if not loss_class.attains_minimum:
            raise CertificateError(f"{point} may not exist: nothing says that the losses have gradients and a minimum")
        loss, start, weight = point.args
        least, moved, slope = LossMinimum(loss), point - start, Gradient(loss, point)
        gap = LossValue(loss, point) - least
        pays = sp.Le(gap + weight * Inner(moved, moved), LossValue(loss, start) - least, evaluate=False)
        flat = sp.Le(Inner(slope, slope), 4 * weight * gap, evaluate=False)
        yield from ((fact, (start, weight)) for fact in (pays, flat))
        projection = Projection(loss, start)
        if projection in vectors:
            away = start - projection
            nearest = sp.Le(Inner(away, away), Inner(moved, moved), evaluate=False)
            yield sp.Implies(sp.Le(gap, 0, evaluate=False), nearest, evaluate=False), (start, weight)


__all__ = ["ekeland_facts"]
