"""What a sound kernel does: each probe is a small question to it with a known answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import sympy as sp
from sympy import (
    Abs,
    And,
    Eq,
    Equivalent,
    Ge,
    Gt,
    Implies,
    Integer,
    Le,
    Limit,
    Lt,
    Max,
    Min,
    Ne,
    Or,
    Rational,
    Symbol,
    sqrt,
)

from claims.sam_normalization import stability
from claims.sam_normalization.losses import quadratics, smooth_pl, smooth_strongly_convex
from claims.sam_normalization.setting import (
    L,
    alpha,
    beta,
    c,
    ell,
    eta,
    gd_step,
    mu,
    neurons,
    relation,
    rho,
    usam_step,
    w,
    w0,
)
from tests.soundness.faulty import Kernel
from verify.errors import CertificateError
from verify.statement.claim import Claim, Counterexample, Decay, Hints, PointCounterexample, Root
from verify.statement.formula import (
    AsLongAs,
    BigO,
    BigOmega,
    Bounded,
    Converges,
    ConvergesTo,
    DecaysExponentially,
    Diverges,
    DivergesExponentially,
    Eventually,
    EventuallyAlways,
    FirstTime,
    FromAlmostEveryStart,
    FromEveryStart,
    LargestPower,
    LargestTimeWhile,
    LimInf,
    LimSup,
    ThereAre,
    ThereIsLoss,
)
from verify.statement.loss import Spectrum
from verify.statement.loss_text import member_of
from verify.statement.system import System, time
from verify.statement.vectors import Norm

x, y, q, x0, t0, t1, K = (Symbol(name, real=True) for name in ("x", "y", "q", "x0", "t0", "t1", "K"))
k = Symbol("k", integer=True)

Probe = Callable[[Kernel], None]
PROBES: dict[str, Probe] = {}


def probe(function: Probe) -> Probe:
    """Register a probe under its name."""
    PROBES[function.__name__] = function
    return function


def refused(call: Callable[[], object]) -> bool:
    """Whether the kernel rejects something, with its reason."""
    try:
        call()
    except CertificateError:
        return True
    return False


# --- sums of products ------------------------------------------------------------------------------------------------


def leaf(kernel: Kernel, *atoms: tuple[sp.Expr, str]) -> Any:
    return tuple(kernel.products.Atom(sp.Poly(p, x, domain=sp.QQ), relation) for p, relation in atoms)


def summed(terms: Sequence[tuple[str, dict[str, int]]], equalities: Any = None, squares: Any = None) -> dict[str, Any]:
    return {
        "kind": "products",
        "terms": [{"multiplier": multiplier, "factors": factors} for multiplier, factors in terms],
        "equalities": equalities or {},
        "squares": squares or [],
    }


def sums(kernel: Kernel, case: Any, *proof: Any) -> bool:
    return not refused(lambda: kernel.products.check_products(case, summed(*proof)))


@probe
def a_genuine_sum_is_accepted(kernel: Kernel) -> None:
    case = leaf(kernel, (x - 1, ">="), (1 - 2 * x, ">"))
    assert sums(kernel, case, [("2", {"0": 1}), ("1", {"1": 1}), ("1", {})])
    case = leaf(kernel, (x - 1, ">"), (-((x - 1) ** 2), ">="))
    assert sums(kernel, case, [("1", {"0": 2}), ("1", {"1": 1})])


@probe
def multipliers_are_positive(kernel: Kernel) -> None:
    case = leaf(kernel, (x, ">="))
    assert not sums(kernel, case, [("0", {})])
    assert not sums(kernel, case, [("1", {}), ("-1", {})])


@probe
def some_term_is_strict(kernel: Kernel) -> None:
    case = leaf(kernel, (x, ">="), (-x, ">="))  # x = 0
    assert not sums(kernel, case, [("1", {"0": 1}), ("1", {"1": 1})])
    assert not sums(kernel, case, [])


@probe
def a_square_is_not_strict(kernel: Kernel) -> None:
    case = leaf(kernel, (x, "="))
    assert not sums(kernel, case, [("1", {"s0": 1})], {"0": [["-1", [1]]]}, [[["1", [1]]]])


@probe
def only_equalities_have_multiples_of_any_sign(kernel: Kernel) -> None:
    assert not sums(kernel, leaf(kernel, (x, ">")), [("1", {"0": 1})], {"0": [["-1", [0]]]})


@probe
def an_equality_is_no_factor(kernel: Kernel) -> None:
    assert not sums(kernel, leaf(kernel, (x, "=")), [("1", {"0": 1}), ("1", {})])
    case = leaf(kernel, (x + 1, "="), (x + 1, ">"))
    assert not sums(kernel, case, [("1", {"0": 1, "1": 1}), ("1", {"1": 1})], {"0": [["-1", [1]], ["-2", [0]]]})


@probe
def the_sum_is_zero(kernel: Kernel) -> None:
    assert not sums(kernel, leaf(kernel, (x, ">=")), [("1", {})])


# --- implications ----------------------------------------------------------------------------------------------------


def part(goal: Any, *defined: Any) -> dict[str, Any]:
    return {"defined": list(defined), "goal": goal}


def implication(proof: Any, *lemmas: Any) -> dict[str, Any]:
    return {"kind": "implication", "lemmas": list(lemmas), "proof": proof}


IDENTITY = {"kind": "identity"}
UNSAT = {"kind": "unsat", "solvers": ["z3"], "limits": {"work": 1, "memory_mb": 1, "seconds": 1}}


def by(using: Sequence[int], *cases: Any) -> dict[str, Any]:
    return {"kind": "leaves", "using": list(using), "leaves": list(cases)}


def confirm(*_: object) -> bool:
    return True


def deny(*_: object) -> bool:
    return False


def provable(kernel: Kernel, hypotheses: Sequence[Any], conclusion: Any, lemmas: Sequence[Any] = ()) -> bool:
    """Whether products prove it, and the kernel accepts what they find."""
    work = kernel.prover.Work(4, 120, 0, 1, 256, 48)
    found = kernel.prover.prove_implication(hypotheses, conclusion, lemmas=lemmas, work=work)
    return found is not None and not refused(
        lambda: kernel.implication.check_implication(hypotheses, conclusion, found, lemmas)
    )


@probe
def only_identities_are_identities(kernel: Kernel) -> None:
    check = kernel.implication.check_implication
    for conclusion in (Eq(x, y), Ge(x, 0), Eq(sqrt(x**2 + 1), 1, evaluate=False)):
        conditions = kernel.functions.definedness(conclusion)
        needed = [by([], *[summed([("1", {})]) for _ in conditions][:0]) for _ in conditions]
        assert not kernel.identity.is_identity(conclusion)
        assert refused(lambda c=conclusion, n=needed: check((), c, implication(part(IDENTITY, *n))))
    assert kernel.identity.is_identity(Eq((x + 1) ** 2, x**2 + 2 * x + 1, evaluate=False))


@probe
def every_case_is_proved(kernel: Kernel) -> None:
    proof = kernel.prover.prove_implication((), Or(x > 0, x <= 0, y > 0), work=kernel.prover.Work(2, 40, 0, 1, 1, 9))
    assert proof is not None
    check = kernel.implication.check_implication
    assert refused(lambda: check((Ge(x, 0),), Ge(x, 1), implication(part(by([0])))))
    assert refused(lambda: check((), Eq(x, 0), implication(part(by([])))))


@probe
def having_a_value_is_proved(kernel: Kernel) -> None:
    check = kernel.implication.check_implication
    conclusion = relation(Gt, 1 / x**2, 0)
    case = kernel.cases.leaves([Ne(x, 0)], conclusion)
    proofs = [kernel.prover.find_products(one, max_degree=4, columns=100) for one in case]
    goal = by([0], *proofs)
    assert refused(lambda: check((), conclusion, implication(part(goal))))
    assert refused(lambda: check((), conclusion, implication(part(goal, by([0])))))
    assert not provable(kernel, (), conclusion)
    assert not provable(kernel, (Ge(x, 0),), relation(Ge, x / Abs(x), 0))
    assert provable(kernel, (Gt(x, 0),), conclusion)


@probe
def a_lemma_is_proved_first(kernel: Kernel) -> None:
    check = kernel.implication.check_implication
    false = Ge(x, 1)
    assert refused(lambda: check((), false, implication(part(by([0])), part(by([0]))), (false,)))
    assert refused(lambda: check((), false, implication(part(by([0])), part({})), (false,)))
    assert refused(lambda: check((), false, implication(part(by([0]))), (false,)))


@probe
def a_solver_is_asked_and_named(kernel: Kernel) -> None:
    check = kernel.implication.check_implication
    by_solver = implication(part(UNSAT))
    assert refused(lambda: check((), Ge(x, 1), by_solver))
    assert refused(lambda: check((), Ge(x, 1), by_solver, (), deny))
    assert check((), Ge(x**2, 0), by_solver, (), confirm) == "one solver"
    lemma = implication(part(IDENTITY), part(UNSAT))
    assert check((), Eq(x + x, 2 * x, evaluate=False), lemma, (Ge(x**2, 0),), confirm) == "one solver"
    assert kernel.goals.weakest(["kernel", "one solver", "two solvers"]) == "one solver"


@probe
def a_value_has_its_conditions(kernel: Kernel) -> None:
    definedness = kernel.functions.definedness

    def fails_at(formula: Any, point: Mapping[sp.Symbol, int]) -> bool:
        return any(condition.subs(point) == sp.false for condition in definedness(formula))

    assert fails_at(relation(Ge, 1 / x, 0), {x: 0})
    assert fails_at(relation(Ge, sqrt(x), 0), {x: -1})
    assert fails_at(relation(Ge, 1 / sqrt(x), 0), {x: -1})
    assert fails_at(Implies(y > 0, relation(Ge, 1 / x, 0)), {x: 0, y: 1})
    assert not fails_at(Implies(y > 0, relation(Ge, 1 / x, 0)), {x: 0, y: -1})


#: Hypotheses, a conclusion, and points at which the former hold and the latter does not.
FAILURES: dict[str, tuple[list[Any], Any, list[tuple[int, int]]]] = {
    "strict": ([Le(x, 1)], Lt(x, 1), [(1, 0)]),
    "upper": ([], Le(x, 1), [(2, 0)]),
    "both": ([], sp.And(x > 0, y > 0), [(1, -1), (-1, 1), (-1, -1)]),
    "weak": ([Ge(x, 0)], Gt(x, 0), [(0, 0)]),
    "negative": ([Le(x, 0)], Ge(x, 0), [(-1, 0)]),
    "negative and zero": ([Le(x, 0), Le(y, 0)], Lt(x, 0), [(0, -1), (0, 0)]),
    "either": ([Or(x >= 1, y >= 1)], Ge(x * y, 7, evaluate=False), [(1, 0), (0, 1), (-3, 2)]),
    "neither": ([], Or(x > 0, y > 0), [(0, 0), (-1, -1)]),
    "unequal": ([Ne(x, 0)], Gt(x, 0), [(-1, 0)]),
    "equal": ([], Ne(x, y, evaluate=False), [(1, 1), (0, 0)]),
    "quotient": ([relation(Ge, 1 / x, -1)], Gt(x, 0), [(-2, 0)]),
    "root": ([relation(Ge, sqrt(x), y)], Gt(x, 0), [(0, 0), (0, -1)]),
    "root above": ([relation(Le, sqrt(x), y)], Gt(y, x), [(4, 2), (0, 0)]),
    "size": ([relation(Ge, Abs(x), 1)], Gt(x, 0), [(-1, 0), (-2, 5)]),
    "sign": ([relation(Ge, sp.sign(x), y)], Ne(x, 0), [(0, 0), (0, -1)]),
    "size alone": ([relation(Ge, Abs(x), 1)], Ge(y, 7), [(-1, 0), (1, 0)]),
    "sign alone": ([relation(Ge, sp.sign(x), y)], Ge(y, 7), [(0, 0), (1, 1), (-1, -1)]),
    "unequal alone": ([Ne(x, 0)], Ge(y, 7), [(-1, 0), (1, 0)]),
    "undefined part alone": ([Or(sqrt(x) > 1, 5 * y > 3)], Ge(y, 7), [(-1, 1), (4, 0)]),
    "least below": ([relation(Le, Min(x, y), 1)], Ge(x, 7), [(0, 5), (5, 0)]),
    "largest": ([relation(Ge, Max(x, y), 1)], Ge(y, 1), [(2, 0)]),
    "least": ([relation(Ge, Min(x, y), 1)], Ge(x, 7), [(2, 3), (3, 2)]),
    "unknown sign": ([Gt(x, 0), Gt(y, 0)], Gt(x, y), [(1, 2)]),
    "product": ([relation(Ge, x * y, 0), Lt(x, 0)], Gt(y, 0), [(-1, 0), (-1, -1)]),
    "square": ([Ge(x, 0)], relation(Gt, x * (y - 1) ** 2, 0), [(1, 1), (0, 3)]),
    "implication": ([Implies(1 / x > 0, y > 0)], Or(Ne(x, 0), y > 0), [(0, 0), (0, -1)]),
    "equivalence": ([Equivalent(1 / x > 0, y > 0)], Or(Ne(x, 0), y > 0), [(0, 0)]),
    "undefined part": ([Or(1 / x > 0, y > 0)], Or(Ne(x, 0), y < 0), [(0, 1)]),
    "false implication": ([], Implies(x > 0, y > 0), [(1, 0)]),
    "not": ([sp.Not(sp.And(x > 0, y > 0), evaluate=False)], Gt(x, 0), [(0, 1), (-1, -1)]),
}


def _holds(atom: Any, values: Mapping[str, sp.Expr]) -> bool:
    value = atom.polynomial.as_expr().subs({s: values[s.name] for s in atom.polynomial.free_symbols})
    if value.is_real is False:  # a root without a value
        return False
    return bool({">=": value >= 0, ">": value > 0, "=": sp.Eq(value, 0)}[atom.relation])


@probe
def no_case_is_lost(kernel: Kernel) -> None:
    """Every point where an implication fails lies in one of its cases."""
    for name, (hypotheses, conclusion, points) in FAILURES.items():
        cases = kernel.cases.leaves(hypotheses, conclusion)
        radicands = kernel.ring.Ring([*hypotheses, conclusion]).radicands
        for point in points:
            put = dict(zip((x, y), map(Integer, point), strict=True))
            values = {"x": put[x], "y": put[y]}
            values |= {f"root[{place}]": sqrt(base.subs(put)) for place, base in enumerate(radicands)}
            assert any(all(_holds(atom, values) for atom in case) for case in cases), f"{name} at {point}"


@probe
def true_implications_are_proved(kernel: Kernel) -> None:
    assert provable(kernel, (Ge(x, 0),), relation(Ge, sqrt(x), 0))
    assert provable(kernel, (), relation(Ge, Abs(x), x))
    assert provable(kernel, (Gt(x, 0),), relation(Ge, x + 1 / x, 2))


# --- what a claim's obligations are ----------------------------------------------------------------------------------


def proves(kernel: Kernel, claim: Claim, method: str) -> bool:
    """Whether a method proves the only part of a claim."""
    try:
        needed = kernel.obligations.obligations(claim, "", "", method)
    except CertificateError:
        return False
    return all(provable(kernel, goal.hypotheses, goal.conclusion, goal.lemmas) for goal in needed)


def refutes(kernel: Kernel, claim: Claim) -> bool:
    """Whether the hinted counterexample of a claim is one."""
    try:
        needed = kernel.counterexample.counterexample_obligations(claim, "", "", 0)
    except CertificateError:
        return False
    return all(provable(kernel, goal.hypotheses, goal.conclusion, goal.lemmas) for goal in needed)


def along(update: sp.Expr, show: Any, *invariant: Any, given: Sequence[Any] = (), **more: Any) -> Claim:
    """A claim about the trajectory of x from x0."""
    start = more.pop("start", x0)
    hints = more.pop("hints", Hints(invariant=invariant))
    over = more.pop("over", x0 if start == x0 else ())
    step = System("a step", (x,), (update,))
    return Claim("c", given=given, over=over, step=step, start={x: start}, show=show, hints=hints, **more)


@probe
def an_invariant_holds_at_the_start(kernel: Kernel) -> None:
    assert not proves(kernel, along(x / 2, Le(x, 5), Le(x, 5), Ge(x, 0), given=[Le(x0, 10), Ge(x0, 0)]), "induction")
    assert proves(kernel, along(x / 2, Le(x, 5), Le(x, 5), Ge(x, 0), given=[Le(x0, 5), Ge(x0, 0)]), "induction")


@probe
def a_step_keeps_the_invariant(kernel: Kernel) -> None:
    assert not proves(kernel, along(2 * x, Le(x, 5), Le(x, 5), given=[Le(x0, 5)]), "induction")
    still = along(x, relation(Eq, x, time), relation(Eq, x, time), start=Integer(0))
    assert not proves(kernel, still, "induction")
    assert proves(kernel, along(x + 1, relation(Eq, x, time), relation(Eq, x, time), start=Integer(0)), "induction")


@probe
def an_invariant_implies_the_conclusion(kernel: Kernel) -> None:
    assert not proves(kernel, along(x / 2, Le(x, 3), Le(x, 5), Ge(x, 0), given=[Le(x0, 5), Ge(x0, 0)]), "induction")


@probe
def what_cancels_has_to_be_shown(kernel: Kernel) -> None:
    assert not proves(kernel, Claim("c", given=[Ge(x, 0)], show=relation(Ge, x / Abs(x), 0)), "implication")
    divergent = Claim("c", given=[Ge(q, 2)], show=relation(Le, sp.Sum(q**k, (k, 0, sp.oo)), 0))
    assert not proves(kernel, divergent, "implication")
    odd = Rational(101, 37)
    lost = relation(Ge, sqrt(sp.expand((x - odd) ** 2 * (y + 1))), 0)
    assert not proves(kernel, Claim("c", given=[lost], show=Ge(y, -1)), "implication")
    assert kernel.substitution.lost_conditions(relation(Ge, x / y, 1), {y: x})
    assert kernel.substitution.lost_conditions(relation(Ge, 1 / x, 1), {x: Integer(0)})


@probe
def what_is_inside_has_a_value(kernel: Kernel) -> None:
    """A slope, a gradient or a hinted vector at a point that does not exist says nothing, and has no value."""
    slope, away = ell.slope(x / y), relation(Gt, y, 0)
    assumed = {"given": [Ge(y, 0), Gt(c, 0)], "over": (x, y, c, neurons)}
    assert not proves(kernel, Claim("c", show=relation(Le, slope**2, 1), **assumed), "implication")
    assert not proves(kernel, Claim("c", show=Or(away, relation(Gt, slope, 7)), **assumed), "implication")
    hints = Hints(lemmas=(relation(Le, slope**2, 1),))
    assert not proves(kernel, Claim("c", show=away, hints=hints, **assumed), "implication")
    unless = [Implies(relation(Ge, slope, 0), away), Implies(relation(Lt, slope, 0), away)]
    assumed["given"] = [*assumed["given"], *unless]
    assert not proves(kernel, Claim("c", show=away, **assumed), "implication")

    assumed = {"given": [Ge(x, 0), Gt(beta, 0)], "over": (x, beta, w, w0, smooth_pl(beta, beta))}
    far = relation(Gt, x * (1 + Norm(L.gradient(w))), 0)
    for hints in (Hints(points=(w / x, w)), Hints(squares=(w / x,)), Hints(cauchy_schwarz=((w / x, w0),))):
        assert not proves(kernel, Claim("c", show=far, hints=hints, **assumed), "implication")
    there = relation(Ge, x * Norm(L.gradient(w / x)), 0)
    assert not proves(kernel, Claim("c", show=there, **assumed), "implication")
    assumed["given"] = [Gt(x, 0), Gt(beta, 0)]
    assert proves(kernel, Claim("c", show=there, **assumed), "implication")


@probe
def what_is_not_seen_has_to_be_shown(kernel: Kernel) -> None:
    rooted = relation(Ge, sqrt(x**4 / (x**2 - 2) - 4 / (x**2 - 2)), 1)
    assert not proves(kernel, Claim("c", over=x, show=rooted), "implication")
    assert proves(kernel, Claim("c", given=[Gt(x, 2)], show=rooted), "implication")
    series = relation(Le, sp.Sum((x / 4) ** x, (x, 0, sp.oo)), 2)
    assert not proves(kernel, Claim("c", given=[Ge(x, 0), Le(x, 1)], show=series), "implication")
    curved = relation(Ge, ell.curvature(x) ** 2, 0)
    assert not proves(kernel, Claim("c", over=(x, neurons), show=curved), "implication")


@probe
def a_hypothesis_needs_a_value(kernel: Kernel) -> None:
    cancels = Implies(Ge(x / y, 1), Ge(q, 1), evaluate=False)
    assert not proves(kernel, Claim("c", given=[cancels], define={y: x}, over=(x, q), show=Ge(q, 1)), "implication")
    circle = Implies(Ge(x / Abs(x), -1), Ne(x, 0), evaluate=False)
    assert not proves(kernel, Claim("c", given=[circle], show=Ne(x, 0)), "implication")


@probe
def symbols_are_real_and_functions_are_known(kernel: Kernel) -> None:
    short = Hints(abbreviate={Symbol("s", positive=True): x * y + 1})
    below = relation(Le, Abs(x * y + 1), x * y + 1)
    assert not proves(kernel, Claim("c", over=(x, y), show=below, hints=short), "implication")
    dressed = relation(Eq, sp.Pow(sp.E, x, evaluate=False), sp.exp(sp.E))
    assert not proves(kernel, Claim("c", over=x, show=dressed), "derivatives")


@probe
def a_limit_is_the_value_of_its_form(kernel: Kernel) -> None:
    quotient = Limit((sqrt(1 + x) - 1) / x, x, 0, "+")
    hints = Hints(limit=1 / (sqrt(1 + x) + 1))
    assert not proves(kernel, Claim("c", over=y, show=relation(Eq, quotient, 1), hints=hints), "limit")
    assert proves(kernel, Claim("c", over=y, show=relation(Eq, quotient, Rational(1, 2)), hints=hints), "limit")
    wrong = Hints(limit=Rational(1, 2) + x)
    assert not proves(kernel, Claim("c", over=y, show=relation(Eq, quotient, Rational(1, 2)), hints=wrong), "limit")


@probe
def constants_are_positive_and_constant(kernel: Kernel) -> None:
    def order(kind: Any, quantity: sp.Expr, constant: sp.Expr) -> Claim:
        hints = Hints(constants={"": constant})
        return Claim("c", given=[Ge(x, -1)], show=kind(quantity, Integer(1), sp.Tuple()), hints=hints)

    assert not proves(kernel, order(BigOmega, x, Integer(-1)), "constants")
    assert not proves(kernel, order(BigO, x, x**2 + 1), "constants")
    assert proves(kernel, order(BigO, -x, Integer(1)), "constants")

    def there_is(constant: sp.Expr, body: Any) -> Claim:
        show = ThereAre(sp.Tuple(K), Gt(K, 0), sp.Tuple(), body)
        return Claim("c", over=x, show=show, hints=Hints(constants={"": (constant,)}))

    assert not proves(kernel, there_is(Integer(-1), relation(Le, K * (x**2 + 1), 1)), "instance")
    assert not proves(kernel, there_is(x**2 + 1, relation(Ge, K, x)), "instance")
    assert proves(kernel, there_is(Integer(1), relation(Ge, K * (x**2 + 1), x)), "instance")


@probe
def growth_is_by_a_factor_above_one(kernel: Kernel) -> None:
    def grows(update: sp.Expr, factor: sp.Expr, invariant: Any, *given: Any) -> Claim:
        hints = Hints(invariant=(invariant,), growth=(x, factor))
        return along(update, DivergesExponentially(x), given=given, hints=hints)

    assert not proves(kernel, grows(x / 2, Rational(1, 2), Ne(x, 0), Ne(x0, 0)), "growth")
    assert not proves(kernel, grows(2 * x, Integer(2), relation(Ge, x**2, 0)), "growth")
    assert not proves(kernel, grows(x + 1, Integer(2), Gt(x, 0), Gt(x0, 0)), "growth")
    assert proves(kernel, grows(2 * x, Integer(2), Ne(x, 0), Ne(x0, 0)), "growth")


# --- eigenvalues -----------------------------------------------------------------------------------------------------


@probe
def eigenvalues_decide_exactly(kernel: Kernel) -> None:
    def threshold(bound: Any) -> Claim:
        show = Equivalent(FromEveryStart(Converges(w)), bound)
        given = [Gt(beta, 0), Gt(eta, 0)]
        return Claim("c", given=given, over=quadratics(beta), step=gd_step, start={w: w0}, show=show)

    assert proves(kernel, threshold(Lt(eta, 2 / beta)), "spectral")
    assert not proves(kernel, threshold(Le(eta, 2 / beta)), "spectral")
    assert not proves(kernel, threshold(Lt(eta, 3 / beta)), "spectral")
    assert not proves(kernel, threshold(Lt(eta, 1 / beta)), "spectral")
    still = System("nothing", (w,), (w + 0 * L.gradient(w),))
    converges = FromEveryStart(Converges(w))
    claim = Claim("c", given=[Gt(beta, 0)], over=quadratics(beta), step=still, start={w: w0}, show=converges)
    assert not proves(kernel, claim, "spectral")
    lam = Symbol("lam", real=True)
    factor = kernel.spectral.multiplier(usam_step.update[0], w, lam)
    assert sp.expand(factor - (1 - eta * lam * (1 + rho * lam))) == 0


@probe
def eigenvalues_are_those_of_one_map_with_a_minimizer(kernel: Kernel) -> None:
    lam = Symbol("lam", real=True)

    def converges(update: sp.Expr, *constraints: Any) -> Claim:
        step, shown = System("linear", (w,), (update,)), FromEveryStart(Converges(w))
        losses = replace(quadratics(beta), spectrum=Spectrum(lam, constraints, ()))
        return Claim("c", given=[Ge(time, 0)], over=losses, step=step, start={w: w0}, show=shown)

    moving, still = w - L.gradient(w) / (time + 2) ** 2, w - L.gradient(w) / 4
    assert not proves(kernel, converges(moving, Ge(lam, Rational(1, 2)), Le(lam, 1)), "spectral")
    assert proves(kernel, converges(still, Ge(lam, 1), Le(lam, 2)), "spectral")
    assert not proves(kernel, converges(w + L.gradient(w) / 4, Ge(lam, -2), Le(lam, -1)), "spectral")


@probe
def after_a_point_the_time_moves_on(kernel: Kernel) -> None:
    hint = PointCounterexample({"x0": "0", "t": "1"}, invariant=(Le(x, 1),), bound=Integer(1))
    claim = Claim(
        "c",
        given=[Ge(x0, 0), Le(x0, 1)],
        step=System("x grows by t - 1", (x,), (x + time - 1,)),
        start={x: x0},
        takes=(x0, time),
        show=Ge(LimSup(x), 5),
        hints=Hints(counterexamples=(hint,)),
    )
    assert refused(lambda: kernel.counterexample.counterexample_obligations(claim, "", "", 0))


@probe
def a_loss_is_exhibited_with_all_it_needs(kernel: Kernel) -> None:
    def diverges(*given: Any, h: sp.Expr = beta) -> Claim:
        return Claim(
            "c",
            given=[Gt(alpha, 0), Gt(eta, 0), Le(alpha, beta), *given],
            over=smooth_strongly_convex(alpha, beta),
            step=gd_step,
            start={w: w0},
            show=ThereIsLoss(FromAlmostEveryStart(Diverges(w))),
            hints=Hints(exhibit=("quadratic", {"h": h})),
        )

    assert proves(kernel, diverges(relation(Gt, eta * beta, 2)), "exhibit")
    assert not proves(kernel, diverges(relation(Ge, eta * beta, 2)), "exhibit")
    assert not proves(kernel, diverges(relation(Gt, eta * beta, 1), h=3 * beta), "exhibit")
    assert not proves(kernel, diverges(relation(Gt, eta * beta, 1), h=3 / eta), "exhibit")


# --- counterexamples and families ------------------------------------------------------------------------------------


@probe
def a_counterexample_is_admissible_and_trapped(kernel: Kernel) -> None:
    def trapped(update: sp.Expr, body: Any, start: int, invariant: Any, *given: Any) -> Claim:
        found = Counterexample(values={"x0": Integer(start)}, invariant=(invariant,))
        return along(update, Eventually(body), given=given, hints=Hints(counterexamples=(found,)))

    below = Lt(x, 1)
    assert refutes(kernel, trapped(x, below, 5, Ge(x, 5)))
    assert not refutes(kernel, trapped(x, below, 5, Ge(x, 5), Lt(x0, 1)))
    assert not refutes(kernel, trapped(x, below, 0, Ge(x, 1)))
    assert not refutes(kernel, trapped(x / 2, below, 4, Ge(x, 1)))
    assert not refutes(kernel, trapped(x / 2, below, 4, Ge(x, 0)))
    assert not refutes(kernel, trapped(x, Or(x < 1, x > 3), 5, Ge(x, 5)))


@probe
def what_holds_as_long_as_fails_at_a_time(kernel: Kernel) -> None:
    exactly = Ge(x, 3 - time)

    def falls(last: int, condition: Any, then: Any, least: Any = exactly, base: Any = -2) -> Claim:
        found = Counterexample({}, None, (Le(x, 3 - time), least), since=Integer(last))
        given, times = [relation(Le, 9, t1)], {t1: LargestPower(base, QUARTER)}
        hints = Hints(counterexamples=(found,))
        return along(x - 1, AsLongAs(condition, then), given=given, times=times, hints=hints, start=Integer(3))

    assert refutes(kernel, falls(2, Gt(x, 0), relation(Ge, x, 2)))
    assert not refutes(kernel, falls(1, Gt(x, 0), relation(Ge, x, 2)))
    assert not refutes(kernel, falls(2, Gt(x, 1), relation(Ge, x, 2)))
    assert not refutes(kernel, falls(2, Gt(x, 0), relation(Ge, x, 1)))
    assert not refutes(kernel, falls(2, Gt(x, 0), relation(Ge, x, 2), base=QUARTER))
    # x is 3 at time 0, and 2 at time 1; the invariant knows nothing of it from then on
    early = Or(Ge(x, 3 - time), Ge(time, 2))
    assert refutes(kernel, falls(1, Gt(x, 0), relation(Ge, x, 3), least=early))
    late = Or(Ge(x, 3), Ge(time, 1))
    assert not refutes(kernel, falls(1, Gt(x, 2), relation(Ge, x, 3), least=late))
    stays = And(Ge(x, 3), Ge(time, 0))
    assert not refutes(kernel, falls(1, Ge(x, 3), relation(Ge, x, 4), least=stays))


@probe
def what_comes_within_some_steps_comes(kernel: Kernel) -> None:
    def within(last: Any, relation_: Any, *invariant: Any) -> Claim:
        return along(x - 1, Eventually(And(relation(Le, time, last), relation_)), *invariant, given=[Ge(x0, 0)])

    falls = Le(x, x0 - time), Ge(time, 0)
    assert proves(kernel, within(x0 + 1, relation(Le, x, 0), *falls), "stopping")
    assert not proves(kernel, within(x0, relation(Le, x, 0), *falls), "stopping")
    assert not proves(kernel, within(Integer(-1), relation(Le, x, x0), Le(x, x0)), "stopping")
    assert not proves(kernel, within(Integer(0), relation(Le, sqrt(-1 - x**2), 1), Ge(time, 0)), "stopping")


@probe
def a_phase_ends_by_the_last_time_that_is_shown(kernel: Kernel) -> None:
    def ends(show: Any, *invariant: Any, given: Sequence[Any] = (), **more: Any) -> Claim:
        times = {t1: LargestTimeWhile(Gt(x, 0)), t0: LargestPower(q, QUARTER)}
        return along(x - 1, show, *invariant, given=[Ge(x0, 0), *given], over=(x0, q), times=times, **more)

    falls = Le(x, x0 - time), Ge(time, 0)
    assert proves(kernel, ends(relation(Le, t1, x0), *falls), "stopping")
    assert proves(kernel, ends(relation(Ge, Min(t1, t0), t1), *falls, given=[relation(Le, x0, t0)]), "stopping")
    assert not proves(kernel, ends(relation(Le, t1, x0 - 2), *falls), "stopping")
    assert not proves(kernel, ends(relation(Ge, Min(q, x0), t1), *falls), "stopping")
    assert not proves(kernel, ends(relation(Le, t1, sqrt(-1 - x0)), *falls), "stopping")
    assert refused(lambda: kernel.obligations.obligations(ends(relation(Le, t1, t0), *falls), "", "", "stopping"))
    moving = ends(relation(Le, t1, time + 1), *falls, given=[relation(Le, time, t1)])
    assert refused(lambda: kernel.obligations.obligations(moving, "", "", "stopping"))
    assert proves(kernel, ends(relation(Le, t1, x0), Gt(x, 0), *falls, given=[Gt(x0, 0)]), "stopping")
    longer = AsLongAs(Gt(x, 0), relation(Gt, Symbol("x_next", real=True), 0))
    assert not proves(kernel, along(x - 1, longer, Gt(x, 0), given=[Gt(x0, 0)]), "stopping")
    # where x0 = 0 the phase is empty, and t1 = -1
    empty = ends(relation(Le, t1, -5), *falls, given=[Le(x0, 0), Ge(time, 0)])
    assert refused(lambda: kernel.obligations.obligations(empty, "", "", "stopping"))


@probe
def what_is_settled_first_is_shown(kernel: Kernel) -> None:
    def shrinks(settled: Any, last: int = 6) -> Claim:
        given = [Ge(x0, 0), Gt(q, 0), relation(Le, last, t1)]
        hints = Hints(invariant=(Ge(time, 0),), settled=(settled,))
        show = AsLongAs(Gt(x, 0), relation(Ge, Symbol("x_next", real=True), x / 2))
        return along(q * x, show, given=given, hints=hints, over=(x0, q), times={t1: LargestPower(q, QUARTER)})

    assert proves(kernel, shrinks(relation(Ge, q, Rational(1, 2))), "stopping")
    assert not proves(kernel, shrinks(relation(Ge, q, Rational(1, 2)), 5), "stopping")
    assert not proves(kernel, shrinks(relation(Ge, q, Rational(3, 5))), "stopping")
    assert refused(lambda: kernel.obligations.obligations(shrinks(Ge(x, 0)), "", "", "stopping"))


@probe
def one_of_the_cases_holds_and_each_is_proved(kernel: Kernel) -> None:
    def shrinks(*cases: Any) -> Claim:
        given = [Ge(x0, 0), Or(Ge(q, 0), And(Le(q, 0), Le(x0, 0)))]
        hints = Hints(cases=tuple((case, Hints(invariant=invariant)) for case, invariant in cases))
        return along(q * x, AsLongAs(relation(Lt, x, 1), Ge(x, 0)), given=given, hints=hints, over=(x0, q))

    grows, still = (Ge(q, 0), (Ge(x, 0),)), (And(Le(q, 0), Le(x0, 0)), (Ge(x, 0), Le(x, 0)))
    assert proves(kernel, shrinks(grows, still), "stopping")
    assert not proves(kernel, shrinks(grows), "stopping")
    assert not proves(kernel, shrinks(grows, (still[0], (Ge(time, 0),))), "stopping")
    undefined = shrinks((1 / q < 1, (Ge(x, 0),)), (1 / q >= 1, (Ge(x, 0),)))
    assert refused(lambda: kernel.obligations.obligations(undefined, "", "", "stopping"))


@probe
def what_decays_contracts_once_a_rank_has_fallen(kernel: Kernel) -> None:
    one, half = Integer(1), sp.Rational(1, 2)
    then_x, then_y, y0 = (Symbol(name, real=True) for name in ("then_x", "then_y", "y0"))

    def decays(update: Any, *invariant: Any, given: Sequence[Any] = (), **reason: Any) -> bool:
        settings: dict[str, Any] = {"kept": (), "radius": one, "factor": half, "rank": y, "drop": one} | reason
        claim = Claim(
            "c",
            given=given,
            over=(x0, y0),
            step=System("a step", (x, y), update),
            start={x: x0, y: y0},
            show=DecaysExponentially(x),
            hints=Hints(invariant=invariant, decay=Decay(**({"frozen": {x: then_x, y: then_y}} | settings))),
        )
        return proves(kernel, claim, "decay")

    stays = (Eq(x, 2), Eq(y, 1))
    at_two = [Eq(x0, 2), Eq(y0, 1)]
    assert decays((x / 2, y - x**2), Ge(3 * y, 4 * x**2), given=[Eq(y0, 2 * x0**2)])
    assert not decays((-x, y), Eq(x**2, half), Eq(y, 1), given=[Eq(x0**2, half), Eq(y0, 1)], factor=one)
    assert not decays((x, y), Eq(x, half), Eq(y, 1), given=[Eq(x0, half), Eq(y0, 1)])
    assert not decays((x, y), *stays, given=at_two)
    assert not decays((x, y), *stays, given=at_two, drop=Integer(0))
    assert not decays((x, y), Eq(y, 1), given=[Eq(y0, 1)], radius=sqrt(-1 - then_x**2))
    less = 1 / (1 + x**2)
    ever_less = (Ge(x, 1), Ge(x**2 * y, 2))
    assert not decays((2 * x, y - less), *ever_less, given=[Eq(x0, 1), Eq(y0, 2)], radius=half, drop=less)
    assert not decays((x, y - 1), Eq(x, 2), given=[Eq(x0, 2)])
    assert not decays((x, y), Eq(x, 0), Eq(y, 1), given=[Eq(y0, 1)])
    assert not decays((x, y), Eq(y, 1), given=[Eq(y0, 1)], kept=(Eq(x, 0),))
    small: dict[str, Any] = {"kept": (Eq(y, then_y), Le(Abs(x), Abs(then_x))), "radius": 1 + Abs(then_x)}
    assert decays((x * y, y), Ge(y, 0), given=[Ge(y0, 0), Eq(y, 0)], **small)
    assert not decays((x * y, y + 1), Ge(y, 0), given=[Ge(y0, 0), Eq(y, 0)], **small)
    assert not decays((x, y + 1), Ge(y, 0), given=[Ge(y0, 0), Eq(y, 0)], factor=y, **small)
    assert not decays((x / 2, 1 / (y - 3)), Ge(x, 0), Le(x, half), given=[Eq(x0, half)], rank=x)
    taken = {"frozen": {x: then_x, y: x0}, "kept": (Eq(y, x0), small["kept"][1]), "factor": x0}
    assert not decays((x * y, y), Ge(y, 0), given=[Ge(x0, 0), Lt(x0, 1), Eq(y0, 2)], **(small | taken))


@probe
def a_limit_is_missed_by_a_distance(kernel: Kernel) -> None:
    def turning(show: Any, distance: Any, invariant: Any, *given: Any, update: sp.Expr = -x) -> Claim:
        found = Counterexample(values={"x0": Integer(1)}, invariant=(invariant,), bound=distance)
        return along(update, show, given=given, hints=Hints(counterexamples=(found,)))

    def to(said: Any) -> Any:
        return ConvergesTo(sp.Tuple(y), sp.Tuple(x), said)

    one = Eq(x**2, 1)
    for show in (to(Eq(y, 0)), to(relation(Le, y**2, sp.Rational(1, 2))), DecaysExponentially(x)):
        assert refutes(kernel, turning(show, sp.Rational(1, 4), one))
        assert not refutes(kernel, turning(show, Integer(2), one))
        assert not refutes(kernel, turning(show, Integer(0), Ge(x**2, 0)))
        assert not refutes(kernel, turning(show, x**2, one))
        assert not refutes(kernel, turning(show, sp.Rational(1, 4), one, Ge(x, 0)))
    assert not refutes(kernel, turning(to(relation(Le, y, x - 1)), Integer(1), one))
    assert not refutes(kernel, turning(to(Eq(sp.sign(y), 0)), Integer(1), Gt(x, 0), update=x / 2))
    assert refutes(kernel, turning(to(Or(Eq(y, 0), y > 2)), Integer(1), one))
    assert not refutes(kernel, turning(to(Or(Eq(y, 0), y < 2)), Integer(1), one))


@probe
def what_fails_late_fails_from_a_time_on(kernel: Kernel) -> None:
    def counted(late: Any) -> Claim:
        found = Counterexample(values={"x0": Integer(0)}, invariant=(relation(Eq, x, time),), since=late)
        show = ThereAre(sp.Tuple(K), Gt(K, 0), sp.Tuple(), EventuallyAlways(relation(Le, x, K)))
        return along(x + 1, show, hints=Hints(counterexamples=(found,)))

    assert refutes(kernel, counted(K + 1))
    for late in (None, K, time, time + 1, sp.oo, sqrt(-K)):
        assert not refutes(kernel, counted(late))


@probe
def what_is_known_of_a_slope_is_proved(kernel: Kernel) -> None:
    def climbing(*lemmas: Any) -> Claim:
        found = Counterexample(
            values={"c": Integer(1), "x0": Integer(0)},
            loss=("clip", {"delta": Integer(1)}),
            invariant=(Eq(x, 0),),
            lemmas=lemmas,
        )
        return along(
            x + ell.slope(Integer(2)) - 1,
            Eventually(Gt(x, 0)),
            given=[Gt(c, 0)],
            hints=Hints(counterexamples=(found,)),
            over=(x0, neurons),
        )

    true, false = relation(Eq, ell.slope(Integer(2)), 1), relation(Eq, ell.slope(Integer(2)), 2)
    assert refutes(kernel, climbing())
    assert refutes(kernel, climbing(true))
    assert not refutes(kernel, climbing(false, true))
    assert not refutes(kernel, climbing(relation(Ge, ell.slope(Integer(2)), 0)))


@probe
def a_gap_pays_the_way_to_a_point_of_small_slope(kernel: Kernel) -> None:
    def grows(constant: Any, attained: bool = True) -> Claim:
        """A PL loss has a gap of at least constant * mu/2 * |w - proj(w)|^2; what would show it if it were so."""
        gap, distance = L(w) - L.minimum, Norm(w - L.projection(w)) ** 2
        weight = (gap / distance + constant * mu / 2) / 2
        v = L.ekeland_point(w, weight)
        farther = Lt(gap, constant * mu / 2 * distance)
        shown = (
            Gt(distance, 0),
            And(Gt(weight, 0), Lt(weight, constant * mu / 2), Gt(weight * distance, gap)),
            Le(L(v) - L.minimum, 0),
            Le(distance, Norm(w - v) ** 2),
            Le(weight * Norm(w - v) ** 2, gap),
            Le(weight * distance, weight * Norm(w - v) ** 2),
        )
        return Claim(
            "c",
            given=[Gt(mu, 0), Gt(beta, 0)],
            over=(w, replace(smooth_pl(mu, beta), attains_minimum=attained)),
            show=relation(Ge, gap, constant * mu / 2 * distance),
            hints=Hints(lemmas=(Ge(gap, 0), *(Implies(farther, one) for one in shown)), pairs=((v, w),)),
        )

    assert proves(kernel, grows(1), "implication")
    assert not proves(kernel, grows(2), "implication")
    assert not proves(kernel, grows(1, attained=False), "implication")


@probe
def a_constant_may_not_be_outrun_by_what_it_depends_on(kernel: Kernel) -> None:
    def outrun(*depends: sp.Symbol) -> Claim:
        show = ThereAre(sp.Tuple(K), Gt(K, 0), sp.Tuple(*depends), relation(Ge, K, x))
        return Claim("c", over=x, show=show, hints=Hints(counterexamples=(Counterexample(values={"x": K + 1}),)))

    assert refutes(kernel, outrun())
    assert not refutes(kernel, outrun(x))


@probe
def a_power_of_a_root_meets_or_passes_a_number(kernel: Kernel) -> None:
    r, d = Symbol("r", real=True), Symbol("d", real=True)

    def reached(update: Any, value: Any, *invariant: Any, near: Any = None, **more: Any) -> Claim:
        root = Root(r, Integer(4), Min(K, 1) / 4 if near is None else near)
        found = Counterexample({"eta": value}, None, invariant, root=root, **more)
        body = Implies(relation(Lt, eta, K), Eventually(relation(Eq, x, 4)))
        show = ThereAre(sp.Tuple(K), Gt(K, 0), sp.Tuple(*([eta] if eta == value else [])), body)
        return along(update, show, given=[Gt(eta, 0)], start=Integer(1), hints=Hints(counterexamples=(found,)))

    grows = x + eta * x
    squares, powers = relation(Eq, x, r ** (2 * time)), relation(Eq, x, r**time)
    assert refutes(kernel, reached(grows, r**2 - 1, squares))
    assert refutes(kernel, reached(grows, d, squares, let={d: r**2 - 1}))
    # the trajectory is at 4 at some time, or the root is not as near to 1 as that, or not above it
    assert not refutes(kernel, reached(grows, r - 1, powers))
    assert not refutes(kernel, reached(grows, r**2 - 1, squares, near=Integer(1)))
    assert not refutes(kernel, reached(x, r, relation(Eq, x, 1), near=-Integer(1)))
    # a number without a value is none
    assert not refutes(kernel, reached(x, d, relation(Eq, x, 1), let={d: sqrt(-K)}))

    def outrun(*depends: sp.Symbol) -> Claim:
        found = Counterexample({"x": r}, root=Root(r, Integer(4), K))
        show = ThereAre(sp.Tuple(K), Gt(K, 0), sp.Tuple(*depends), relation(Ge, K, x - 1 + K))
        return Claim("c", over=x, show=show, hints=Hints(counterexamples=(found,)))

    assert refutes(kernel, outrun())
    assert not refutes(kernel, outrun(x))


@probe
def a_point_counterexample_is_certified_and_trapped(kernel: Kernel) -> None:
    def trapped(
        update: sp.Expr, start: str, bound: Rational, *invariant: Any, limit: sp.Expr = x0, wait: int = 1
    ) -> Claim:
        found = PointCounterexample({"x0": start}, None, (), wait, invariant, bound)
        show = relation(Ge, LimInf(x), limit)
        return along(update, show, given=[Gt(x0, 0)], hints=Hints(counterexamples=(found,)), takes=[x0])

    half = Rational(1, 2)
    assert refutes(kernel, trapped(x / 2, "1", half, Le(x, half)))
    assert not refutes(kernel, trapped(x / 2, "-4", Integer(3), Le(x, 3), wait=0, limit=-x0))
    assert not refutes(kernel, trapped(x, "1", Integer(1), Le(x, 1)))
    assert not refutes(kernel, trapped(x, "1", half, Le(x, half)))
    assert not refutes(kernel, trapped(2 * x, "1/4", half, Le(x, half), limit=x0 + 1))
    assert not refutes(kernel, trapped(x, "1", half, Le(x, 1)))


@probe
def what_leaves_no_constant_is_certified(kernel: Kernel) -> None:
    def without(*facts: Any, start: str = "1") -> Claim:
        show = ThereAre(sp.Tuple(K), Gt(K, 0), sp.Tuple(), relation(Le, x + K, x0))
        found = PointCounterexample({"x0": start, "t": "0"}, facts=facts)
        return along(x, show, given=[Gt(x0, 0)], hints=Hints(counterexamples=(found,)), takes=[x0, time])

    assert refutes(kernel, without(relation(Ge, x, x0)))
    assert not refutes(kernel, without(relation(Ge, x, x0 + 1)))
    assert not refutes(kernel, without(relation(Ge, x, x0), start="-1"))
    assert not refutes(kernel, without(relation(Ge, sqrt(x), sqrt(x0)), relation(Ge, x, sqrt(x0) ** 2), start="2"))


@probe
def a_family_leaves_alone_what_the_constant_depends_on(kernel: Kernel) -> None:
    claim = stability.theorem_1_neighborhood
    needed = kernel.families.family_obligations(claim, "", "", 0, Fraction(1), {})
    names = " ".join(goal.name for goal in needed)
    for said in (
        "the loss is alpha-strongly convex",
        "the loss is beta-smooth",
        "the scale is positive",
        "eta",
        "grows",
    ):
        assert said in names
    assert refused(lambda: kernel.families.family_obligations(claim, "", "", 0, Fraction(0), {}))
    assert refused(lambda: kernel.families.family_obligations(claim, "", "", 1, Fraction(1), {}))
    negative = replace(claim, show=Bounded(-Norm(w - L.minimizer), *claim.show.args[1:]))
    goals = kernel.families.family_obligations(negative, "", "", 0, Fraction(1), {})
    assert "the quantity is not negative" in [goal.name for goal in goals]
    hint = claim.hints.families[0]
    for values in ({"alpha": 1 / hint.index}, {"beta": 2 + hint.index}):
        moving = replace(hint, values={**hint.values, **values})
        moved = replace(claim, hints=replace(claim.hints, families=(moving,)))
        assert refused(lambda m=moved: kernel.families.family_obligations(m, "", "", 0, Fraction(1), {}))


# --- phases ----------------------------------------------------------------------------------------------------------


@probe
def phases_follow_each_other(kernel: Kernel) -> None:
    phases = kernel.phases
    low = relation(Le, x, 1)
    first = along(x - 1, Ge(x, 1), times={t1: FirstTime(low)}, given=[Lt(time, t1)])
    largest = along(x - 1, Ge(x, 1), times={t1: LargestTimeWhile(low)}, given=[Lt(time, t1)])
    after = {name: {s[t1] for s, _ in phases.successors(largest, {t1: name})} for name in ("within", "past")}
    assert after == {"within": {"within", "past"}, "past": {"past"}}
    after = {name: {s[t1] for s, _ in phases.successors(first, {t1: name})} for name in ("before", "at", "after")}
    assert after == {"before": {"before", "at"}, "at": {"after"}, "after": {"after"}}
    assert phases.known_now(first, {t1: "before"}) == [Gt(x, 1)]
    assert phases.known_now(first, {t1: "at"}) == [low]
    assert phases.known_now(largest, {t1: "past"}) == []

    def decided(formula: Any, name: str) -> Any:
        return phases.resolved(first, formula, {t1: name}, unknown=sp.Symbol("unknown"))

    assert decided(Ge(time, t1), "before") == sp.false
    assert decided(Lt(time, t1), "at") == sp.false
    assert decided(Le(time, t1), "at") == sp.true
    assert decided(Le(time, t1), "within") == sp.true
    assert decided(Lt(time, t1), "within") == sp.Symbol("unknown")


@probe
def what_is_defined_has_a_value(kernel: Kernel) -> None:
    def defined(value: Any, method: str) -> bool:
        times = {t1: LargestTimeWhile(Ge(x, 0))}
        given = [Ge(x0, 0), Gt(y, 0), *([Le(time, t1)] if method == "phases" else [])]
        more: dict[str, Any] = {"times": times} if method == "phases" else {}
        values = {K: 1 / y, q: value}
        statement = along(x + 1, relation(Ge, q**2 + x, 0), Ge(x, 0), given=given, over=(x0, y), define=values, **more)
        return proves(kernel, statement, method)

    for method in ("phases", "induction"):
        assert not defined(1 / (x0 - 1), method)
        assert not defined(1 / (K - 1), method)
        assert defined(1 / K, method)
        assert defined(1 / (x0 + 1), method)


@probe
def phases_begin_and_are_left_out_of_sight(kernel: Kernel) -> None:
    high = {t1: FirstTime(relation(Gt, x, 3))}
    kept, beyond = relation(Ge, x, 4), Implies(Gt(time, t1), relation(Ge, x, 4))

    def after(update: sp.Expr, *invariant: Any, **more: Any) -> Claim:
        return along(update, kept, *invariant, times=high, **more)

    # a start that does not meet an invariant, and a first time at which the conclusion need not hold
    assert not proves(kernel, after(x, kept), "phases")
    assert proves(kernel, after(x + 1, beyond, at=t1 + 1), "phases")
    assert not proves(kernel, after(x + 1, beyond, at=t1), "phases")
    # nothing is known of a time that a power defines and t is not compared with
    power = {t1: LargestPower(q, Rational(1, 4))}
    given = [Gt(q, 2), Ge(t1, 3), Gt(x0, 0)]
    assert not proves(kernel, along(x, Ge(t1, 2), Gt(x, 0), times=power, given=given), "phases")
    assert not proves(kernel, along(x, Ge(x, 2), Ge(x, 2), times=power, given=[*given, Ge(x0, t1)]), "phases")
    assert proves(kernel, along(x, Gt(x, 0), Gt(x, 0), times=power, given=given), "phases")
    # constants have to serve at every time
    bound = ThereAre(sp.Tuple(K), Gt(K, 0), sp.Tuple(), relation(Le, x, K))
    for constant, holds in ((Integer(1), False), (Integer(2), True)):
        hints = Hints(invariant=(Le(x, 2), Gt(x, 0)), constants={"": constant})
        statement = along((x + 2) / 2, bound, given=[Gt(x0, 0), Le(x0, 1)], hints=hints)
        assert proves(kernel, statement, "instance") is holds


# --- times that a power defines --------------------------------------------------------------------------------------
QUARTER = Rational(1, 4)


@probe
def a_largest_power_is_bounded(kernel: Kernel) -> None:
    def hold(base: str, number: int) -> bool:
        kind = LargestPower(Rational(base), QUARTER)
        return all(bound.subs(t1, number).doit() == sp.true for bound in kernel.powers.bounds(t1, kind))

    largest = {"1/2": 2, "9/10": 13, "1/5": 0, "1/4": 1, "-9/10": 12, "-1/2": 2, "-1/3": 0, "0": 0}
    for base, number in largest.items():
        assert hold(base, number), (base, number)
    for base, number in (("1/2", 0), ("1/2", 7), ("1/5", 1), ("-1/3", 2), ("1/2", -1)):
        assert not hold(base, number), (base, number)
    assert all(hold("2", number) and hold("-2", number) for number in (-5, 0, 5))


@probe
def a_time_that_may_never_come_is_only_compared(kernel: Kernel) -> None:
    def goals(show: Any, base: Any = q, level: Any = QUARTER) -> list[Any]:
        times = {t1: LargestPower(base, level), K: LargestPower(base, level)}
        claim = Claim("time", given=[Gt(q, 0), Lt(q, 1)], over=y, times=times, show=show)
        return list(kernel.obligations.obligations(claim, "", "", "implication"))

    assert goals(relation(Ge, t1, y))
    for show in (relation(Ge, t1 + 1, y), relation(Ge, t1, K), relation(Eq, t1, y), relation(Ge, t1, t1 - 1)):
        assert refused(lambda s=show: goals(s))
    for level in (y, Integer(0), Integer(2)):
        assert refused(lambda le=level: goals(relation(Ge, t1, y), level=le))
    assert relation(Ne, y, 0) in [goal.conclusion for goal in goals(relation(Ge, t1, 0), base=1 / y)]


# --- real powers -----------------------------------------------------------------------------------------------------


@probe
def what_is_said_of_real_powers_holds(kernel: Kernel) -> None:
    powers = kernel.real_powers.RealPowers()
    first, second = powers.hidden(x**q), powers.hidden(y**q)
    facts = list(powers.facts([(first, second), (second, first), (first, Integer(1)), (Integer(1), first)]))

    def hold(**numbers: Any) -> bool:
        names = {"x": x, "y": y, "q": q, "first": first, "second": second}
        values = {names[name]: sp.sympify(number) for name, number in numbers.items()}
        return all(fact.subs(values).doit() == sp.true for fact in facts)

    for e in ("-2", "-1/2", "0", "1/2", "1", "3/2", "2", "3"):
        for z in (Rational(1, 4), Integer(1), Integer(4)):
            for other in (Rational(1, 9), Integer(4), Integer(9)):
                assert hold(x=z, y=other, q=e, first=z ** Rational(e), second=other ** Rational(e)), (z, other, e)
            for anything in (-7, 0, 7):  # what a power of no positive base may be
                assert hold(x=z, y=-1, q=e, first=z ** Rational(e), second=anything)
                assert hold(x=-z, y=0, q=e, first=anything, second=-anything)
    assert not hold(x=4, y=9, q=2, first=16, second=15)
    assert not hold(x=4, y=9, q="1/2", first=0, second=3)
    assert refused(lambda: list(powers.facts([(first, powers.hidden(y**K))])))


@probe
def a_real_power_has_a_positive_base(kernel: Kernel) -> None:
    power, hints = x**q, Hints(real_powers=((x**q, y**q),))
    known = {"over": (x, y, q), "hints": hints}
    for show in (Eq(power, power, evaluate=False), relation(Ge, Max(power, 1), 1)):
        assert not proves(kernel, Claim("c", given=[Ge(x, 0)], show=show, **known), "implication")
        assert proves(kernel, Claim("c", given=[Gt(x, 0)], show=show, **known), "implication")
    for said, show in ((relation(Ge, power, 1), Gt(x, 0)), (Implies(Ge(power, 1), Ge(y, 1)), Ge(y, 1))):
        assert not proves(kernel, Claim("c", given=[said], show=show, **known), "implication")
    there = ThereAre(sp.Tuple(K), Gt(K, 0), sp.Tuple(x, q), relation(Ge, Abs(y), 0))
    hints = replace(hints, constants={"": Max(power, 1)})
    assert not proves(kernel, Claim("c", over=(x, y, q), show=there, hints=hints), "instance")
    assert proves(kernel, Claim("c", given=[Gt(x, 0)], over=(y, q), show=there, hints=hints), "instance")


# --- a certificate and its claim -------------------------------------------------------------------------------------

ABOVE = Claim("above", given=[Gt(x, 0)], show=relation(Ge, x, 1))
PARTS = Claim("parts", over=x, show={"a": relation(Eq, x + x, 2 * x), "b": relation(Ge, x, 1)})
ALL = Claim("all", given=[Gt(x, 0)], show=relation(Ge, 1 / x, Rational(1, 10) / x))


def certificate(claim: Claim, *evidence: dict[str, Any]) -> dict[str, Any]:
    return {"schema": 1, "claim": claim.id, "fingerprint": claim.fingerprint, "evidence": list(evidence)}


def witness(values: dict[str, str], loss: str | None = None, kind: str = "witness") -> dict[str, Any]:
    return {"kind": kind, "reading": "", "part": "", "values": values, "loss": loss}


@probe
def a_certificate_is_of_its_claim(kernel: Kernel) -> None:
    check = kernel.check.check_certificate
    true = witness({"x": "1/2"})
    assert check(ABOVE, certificate(ABOVE, true)).verdict == "refuted"
    for wrong in ({"schema": 2}, {"claim": "other"}, {"fingerprint": "0"}, {"evidence": []}):
        assert refused(lambda w=wrong: check(ABOVE, certificate(ABOVE, true) | w))


@probe
def a_witness_is_admissible_and_violates(kernel: Kernel) -> None:
    check = kernel.check.check_certificate
    for values in ({"x": "-1"}, {"x": "0"}, {"x": "2"}, {"x": "1"}):
        assert refused(lambda v=values: check(ABOVE, certificate(ABOVE, witness(v))))
    assert refused(lambda: check(ABOVE, certificate(ABOVE, witness({"x": "1/2"}, kind="undefined"))))


@probe
def parts_and_readings_are_all_settled(kernel: Kernel) -> None:
    obligations = [implication(part(IDENTITY))]
    proof = {"kind": "proof", "reading": "", "part": "a", "method": "implication", "obligations": obligations}
    assert kernel.check.check_certificate(PARTS, certificate(PARTS, proof)).verdict is None
    assert kernel.check.combine_parts(["proved", "refuted"]) == "refuted"
    assert kernel.check.combine_parts(["proved", "undecided"]) == "undecided"
    assert kernel.check.combine_readings(["proved", "refuted"]) == "undecided"
    assert kernel.check.combine_readings(["proved", "proved"]) == "proved"


@probe
def every_obligation_is_met(kernel: Kernel) -> None:
    claim = along(x / 2, Ge(x, 0), Ge(x, 0), given=[Ge(x0, 0)])
    needed = kernel.obligations.obligations(claim, "", "", "induction")
    work = kernel.prover.Work(2, 60, 0, 1, 256, 9)
    proofs = [kernel.prover.prove_implication(g.hypotheses, g.conclusion, work=work) for g in needed]
    entry = {"kind": "proof", "reading": "", "part": "", "method": "induction", "obligations": proofs}
    assert kernel.check.check_certificate(claim, certificate(claim, entry)).verdict == "proved"
    for fewer in (proofs[:-1], [], [*proofs, proofs[0]]):
        forged = certificate(claim, entry | {"obligations": fewer})
        assert refused(lambda f=forged: kernel.check.check_certificate(claim, f))


@probe
def a_refutation_rests_on_no_solver(kernel: Kernel) -> None:
    found = Counterexample(values={"x0": Integer(5)}, invariant=(Ge(x, 5),))
    claim = along(x, Eventually(Lt(x, 1)), hints=Hints(counterexamples=(found,)))
    needed = kernel.counterexample.counterexample_obligations(claim, "", "", 0)
    by_solver = [implication(part(UNSAT, *[UNSAT] * len(kernel.functions.definedness(g.conclusion)))) for g in needed]
    entry = {"kind": "counterexample", "reading": "", "part": "", "hint": 0, "obligations": by_solver}
    assert refused(lambda: kernel.check.check_certificate(claim, certificate(claim, entry), confirm))


# --- points ----------------------------------------------------------------------------------------------------------


@probe
def a_point_is_admissible_only_with_certainty(kernel: Kernel) -> None:
    def admissible(claim: Claim, loss: str | None = None, **values: int) -> bool | None:
        numbers = {name: Fraction(value) for name, value in values.items()}
        result: bool | None = kernel.evaluation.evaluate_point(claim, numbers, member_of(claim, loss)).admissible
        return result

    undefined = Claim("c", given=[relation(Gt, 1 / x, 0)], show=Gt(x, 1))
    assert admissible(undefined, x=0) is False
    assert admissible(undefined, x=-1) is False
    assert admissible(undefined, x=1) is True
    strongly = Claim("c", given=[Gt(alpha, 0)], over=(w, smooth_strongly_convex(alpha, beta)), show=Gt(L(w), 1))
    for curvature, answer in ((1, True), (3, False), (0, False)):
        assert admissible(strongly, f"quadratic(h={curvature})", alpha=1, beta=2, w=1) is answer
    uncertain = Claim("c", given=[Gt(mu, 0)], over=(w, smooth_pl(mu, beta)), show=Gt(L(w), 1))
    assert admissible(uncertain, "plsine(a=-2)", mu=1, beta=8, w=1) is None
    singular = System("division", (x,), (1 / (x - 1),), (Ne(x, 2),))
    stepped = Claim("c", over=x, step=singular, show=Ge(x, 0))
    assert admissible(stepped, x=2) is False


@probe
def a_conclusion_without_a_value_is_neither_true_nor_false(kernel: Kernel) -> None:
    claim = Claim("c", over=x, show=relation(Ge, 1 / x, 1))
    result = kernel.evaluation.evaluate_point(claim, {"x": Fraction(0)}, None)
    assert result.holds is None
    assert result.undefined
    parts = Claim("c", over=x, show={"a": relation(Ge, x, 0), "b": relation(Ge, x, 1)})
    assert kernel.evaluation.evaluate_point(parts, {"x": Fraction(1, 2)}, None).holds is False
