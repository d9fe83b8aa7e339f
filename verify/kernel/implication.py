"""Implications over the reals, and the check of their certificates.

``hypotheses => conclusion`` is valid iff no leaf of "the hypotheses are true, the conclusion is not" has a real point.
The truth values are those of the point evaluation: a relation one of whose terms has no value is not true, a hypothesis
that is not true (of the goal or of an Implies inside it) does not hold, and a conclusion has to have a value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import sympy as sp
from sympy.logic.boolalg import Boolean

from verify.errors import CertificateError
from verify.kernel.algebraic import require_algebraic
from verify.kernel.calculus import check_calculus
from verify.kernel.cases import leaves
from verify.kernel.functions import definedness
from verify.kernel.identity import is_identity
from verify.kernel.products import check_products, fields, items

#: From the strongest to the weakest.
GRADES = ("kernel", "two solvers", "one solver")
SOLVERS = ("z3", "cvc5")

#: Re-runs a solver (its name, hypotheses, conclusion, limits): whether it confirms the implication.
Solve = Callable[[str, Sequence[Boolean], Boolean, Mapping[str, Any]], bool]


def check_implication(
    hypotheses: Sequence[Boolean],
    conclusion: Boolean,
    certificate: Mapping[str, Any],
    lemmas: Sequence[Boolean] = (),
    solve: Solve | None = None,
) -> str:
    """Accept a certificate of ``hypotheses => conclusion``; returns its grade, one of ``GRADES``.

    Args:
        hypotheses: formulas in real symbols.
        conclusion: what follows from them, having a value wherever they hold.
        certificate: as ``verify.proof.implication.prove_implication`` makes it.
        lemmas: intermediate statements; each is proved from the hypotheses and the earlier lemmas first.
        solve: re-runs a solver; without it a certificate that rests on solvers is rejected.

    Raises:
        CertificateError: the certificate is malformed, or proves something else, or the formula is not algebraic.
    """
    fields(certificate, {"kind", "lemmas", "proof"})
    if certificate["kind"] != "implication":
        raise CertificateError("this is no certificate of an implication")
    parts = items(certificate["lemmas"], "lemmas")
    if len(parts) != len(lemmas):
        raise CertificateError(f"there are {len(lemmas)} lemmas, but certificates of {len(parts)}")
    known = list(hypotheses)
    grades = []
    for lemma, part in zip(lemmas, parts, strict=True):
        grades.append(_check_valued(known, lemma, part, solve))
        known.append(lemma)
    grades.append(_check_valued(known, conclusion, certificate["proof"], solve))
    return max(grades, key=GRADES.index)


def _check_valued(known: Sequence[Boolean], conclusion: Boolean, part: Any, solve: Solve | None) -> str:
    """Check that the conclusion has a value and is true wherever all known formulas hold."""
    fields(part, {"defined", "goal"})
    conditions = definedness(conclusion)
    proofs = items(part["defined"], "defined")
    if len(proofs) != len(conditions):
        raise CertificateError(f"that {conclusion} has a value takes {len(conditions)} proofs, not {len(proofs)}")
    grades = []
    for place, (condition, proof) in enumerate(zip(conditions, proofs, strict=True)):
        # The conditions come inner terms first: where the earlier ones hold, the next one has a value.
        grades.append(_check_goal([*known, *conditions[:place]], condition, proof, solve))
    grades.append(_check_goal([*known, *conditions], conclusion, part["goal"], solve))
    return max(grades, key=GRADES.index)


def _check_goal(known: Sequence[Boolean], conclusion: Boolean, goal: Any, solve: Solve | None) -> str:
    """Check that the conclusion is true wherever all known formulas hold and it has a value."""
    if isinstance(goal, Mapping) and goal.get("kind") == "calculus":
        fields(goal, {"kind", "rule"})
        grades = check_calculus(known, conclusion, goal["rule"], partial(_check_goal, solve=solve))
        return max(grades, key=GRADES.index, default="kernel")
    require_algebraic([*known, conclusion])
    if isinstance(goal, Mapping) and goal.get("kind") == "identity":
        fields(goal, {"kind"})
        if not is_identity(conclusion):
            raise CertificateError(f"{conclusion} is no identity")
        return "kernel"
    if isinstance(goal, Mapping) and goal.get("kind") == "unsat":
        return _check_solvers(known, conclusion, goal, solve)
    if isinstance(goal, Mapping) and goal.get("kind") == "squares":
        fields(goal, {"kind", "nonnegative", "squares"})
        nonnegative, squares = by_squares(conclusion)
        grades = [
            _check_goal(known, nonnegative, goal["nonnegative"], solve),
            _check_goal(known, squares, goal["squares"], solve),
        ]
        return max(grades, key=GRADES.index)
    fields(goal, {"kind", "using", "leaves"})
    if goal["kind"] != "leaves":
        raise CertificateError("a goal is proved by no known kind of certificate")
    using = items(goal["using"], "using")
    if any(type(place) is not int or not 0 <= place < len(known) for place in using):
        raise CertificateError("a proof uses a hypothesis that there is not")
    found = leaves([known[place] for place in using], conclusion)
    proofs = items(goal["leaves"], "leaves")
    if len(found) != len(proofs):
        raise CertificateError(f"there are {len(found)} cases, but certificates of {len(proofs)}")
    grades = ["kernel"]
    for leaf, proof in zip(found, proofs, strict=True):
        if isinstance(proof, Mapping) and proof.get("kind") == "unsat":
            grades.append(_check_solvers([atom.as_formula() for atom in leaf], sp.false, proof, solve))
        else:
            check_products(leaf, proof)
    return max(grades, key=GRADES.index)


def by_squares(relation: Boolean) -> tuple[Boolean, Boolean]:
    """``b >= 0`` and ``a**2 <= b**2``, from which ``a <= b`` follows (and with < alike): a is at most its size.

    Raises:
        CertificateError: it is no inequality.
    """
    if isinstance(relation, sp.Le | sp.Lt):
        less, more = relation.args
    elif isinstance(relation, sp.Ge | sp.Gt):
        more, less = relation.args
    else:
        raise CertificateError(f"{relation} is no inequality, so that its squares say nothing")
    compare = sp.Lt if isinstance(relation, sp.Lt | sp.Gt) else sp.Le
    return sp.Ge(more, 0, evaluate=False), compare(less**2, more**2, evaluate=False)


def _check_solvers(known: Sequence[Boolean], conclusion: Boolean, proof: Any, solve: Solve | None) -> str:
    fields(proof, {"kind", "solvers", "limits"})
    names, limits = items(proof["solvers"], "solvers"), proof["limits"]
    if not names or any(names.count(name) > 1 or name not in SOLVERS for name in names):
        raise CertificateError("the solvers of a certificate are z3, cvc5 or both")
    if not isinstance(limits, Mapping) or any(type(size) is not int or size < 1 for size in limits.values()):
        raise CertificateError("the limits of a solver are positive integers")
    if solve is None:
        raise CertificateError(f"the proof rests on {' and '.join(names)}, which are not asked here")
    for name in names:
        if not solve(name, known, conclusion, limits):
            raise CertificateError(f"{name} does not confirm the proof")
    return "two solvers" if len(names) == 2 else "one solver"
