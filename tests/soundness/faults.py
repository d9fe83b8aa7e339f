"""Faults that are seeded in the kernel, each with the probe that has to notice it."""

from __future__ import annotations

from tests.soundness.faulty import Fault


def _faults(module: str, caught_by: str, *faults: tuple[str, str, str]) -> list[Fault]:
    return [Fault(f"{module}: {name}", module, [(old, new)], caught_by) for name, old, new in faults]


def _two(module: str, caught_by: str, name: str, *changes: tuple[str, str]) -> list[Fault]:
    return [Fault(f"{module}: {name}", module, changes, caught_by)]


def _wherever(*candidates: list[Fault]) -> list[Fault]:
    """The first of some ways to seed the same faults that applies to the kernel as it stands."""
    return next((faults for faults in candidates if all(fault.applies for fault in faults)), candidates[-1])


_NOT_TRUE = "_disjunction([negation, *[_true(condition, False) for condition in definedness(formula)]])"

FAULTS: list[Fault] = [
    # --- sums of products
    *_faults(
        "products",
        "multipliers_are_positive",
        ("a multiplier may be zero", "if multiplier <= 0:", "if multiplier < 0:"),
        ("a multiplier may be negative", "if multiplier <= 0:", "if multiplier == 0:"),
    ),
    *_faults(
        "products",
        "some_term_is_strict",
        ("no term need be strict", "if not strict:", "if False:"),
        ("every term counts as strict", "strict = strict or is_strict", "strict = True"),
        ("a weak factor counts as strict", 'strict = strict and leaf[index].relation == ">"', "strict = strict"),
    ),
    *_faults(
        "products",
        "a_square_is_not_strict",
        ("a square counts as strict", "factor, strict = squares[_index(name, len(squares))], False",
         "factor = squares[_index(name, len(squares))]"),
    ),
    *_faults(
        "products",
        "only_equalities_have_multiples_of_any_sign",
        ("an inequality has a cofactor", 'if leaf[index].relation != "=":', "if False:"),
    ),
    *_faults(
        "products", "an_equality_is_no_factor",
        ("an equality is a factor", 'if leaf[index].relation == "=":', "if False:"),
    ),
    *_faults(
        "products", "the_sum_is_zero", ("the sum may be anything", "if not total.is_zero():", "if False:"),
    ),
    *_faults(
        "products",
        "a_genuine_sum_is_accepted",
        ("multipliers are ignored", "total += product * multiplier", "total += product"),
        ("exponents are ignored", "product *= factor**exponent", "product *= factor"),
    ),
    # --- certificates of implications
    *_faults(
        "implication",
        "only_identities_are_identities",
        ("anything is an identity", "if not is_identity(conclusion):", "if False:"),
        ("an inequality is an identity", "if not isinstance(conclusion, sp.Eq):\n        return False",
         "if not isinstance(conclusion, sp.Eq):\n        return True"),
        ("odd powers of a root are lost", "root ** (power % 2)", "root**0"),
    ),
    *_two(
        "implication",
        "every_case_is_proved",
        "cases may be left out",
        ("if len(found) != len(proofs):", "if False:"),
        ("zip(found, proofs, strict=True)", "zip(found, proofs)"),
    ),
    *_two(
        "implication",
        "having_a_value_is_proved",
        "having a value is not proved",
        ("if len(proofs) != len(conditions):", "if False:"),
        ("zip(conditions, proofs, strict=True)", "zip(conditions, proofs)"),
    ),
    *_faults(
        "implication",
        "having_a_value_is_proved",
        ("a condition is assumed in its own proof", "_check_goal([*known, *conditions[:place]], condition",
         "_check_goal([*known, *conditions], condition"),
    ),
    *_faults(
        "implication",
        "a_lemma_is_proved_first",
        ("a lemma is not proved", "grades.append(_check_valued(known, lemma, part, solve))", "pass"),
        ("a lemma is used in its own proof",
         "grades.append(_check_valued(known, lemma, part, solve))\n        known.append(lemma)",
         "known.append(lemma)\n        grades.append(_check_valued(known, lemma, part, solve))"),
    ),
    *_faults(
        "implication",
        "a_solver_is_asked_and_named",
        ("a solver's answer is ignored", "if not solve(name, known, conclusion, limits):", "if False:"),
        ("a solver's proof has the best grade", 'return "two solvers" if len(names) == 2 else "one solver"',
         'return "kernel"'),
        ("the strongest grade counts", "return max(grades, key=GRADES.index)", "return min(grades, key=GRADES.index)"),
    ),
    *_faults(
        "goals",
        "a_solver_is_asked_and_named",
        ("the strongest obligation counts", "return max(grades, key=GRADE_ORDER.index",
         "return min(grades, key=GRADE_ORDER.index"),
    ),
    # --- having a value
    *_wherever(
        _faults(
            "functions",
            "a_value_has_its_conditions",
            ("a denominator may be zero", "if not term.exp.is_positive:", "if False:"),
            ("a root below may have a negative radicand", "(sp.Ne if term.exp.is_integer else sp.Gt)", "sp.Ne"),
            ("a radicand may be negative", "else [sp.Ge(term.base, 0, evaluate=False)]", "else []"),
            ("an implication always has a value",
             "found = [sp.Implies(first, condition, evaluate=False) for condition in definedness(second)]",
             "found = []"),
        ),
        _faults(
            "implication",
            "a_value_has_its_conditions",
            ("a denominator may be zero", "sp.Pow) and not expression.exp.is_positive:", "sp.Pow) and False:"),
            ("a root below may have a negative radicand", "(sp.Ne if rational else sp.Gt)", "sp.Ne"),
            ("a radicand may be negative", "found.append(sp.Ge(expression.base, 0, evaluate=False))", "pass"),
            ("an implication always has a value",
             "found = [sp.Implies(first, condition, evaluate=False) for condition in definedness(second)]",
             "found = []"),
        ),
    ),
    # --- cases
    *_faults(
        "implication",
        "no_case_is_lost",
        ("a disjunction is read as a conjunction",
         "together = _conjunction if isinstance(formula, sp.And) is truth else _disjunction",
         "together = _conjunction"),
        ("a conclusion fails where all its parts do",
         "together = _disjunction if isinstance(formula, sp.And) is truth else _conjunction",
         "together = _conjunction"),
        ("a hypothesis without a value counts as false", f"return {_NOT_TRUE}", "return negation"),
        ("not (a < b) is a > b", "sp.Lt: sp.Ge", "sp.Lt: sp.Gt"),
        ("not (a <= b) is a < b", "_NEGATED = {sp.Le: sp.Gt", "_NEGATED = {sp.Le: sp.Lt"),
        ("a weak inequality is read as a strict one",
         'kind = ">" if isinstance(relation, sp.StrictLessThan | sp.StrictGreaterThan) else ">="', 'kind = ">"'),
        ("a <= b is read as a >= b", "if isinstance(relation, sp.Le | sp.Lt):", "if False:"),
        ("a denominator counts as positive", "numerator *= denominator", "pass"),
        ("a root is not zero", 'facts += [(root, ">=")', 'facts += [(root, ">")'),
        ("|x| is x", "(frozenset({-1}), sp.Lt)]\n        else:", "(frozenset({-1}), sp.Gt)]\n        else:"),
        ("sign is never 0", "(frozenset({1}), sp.Gt), (frozenset({0}), sp.Eq),", "(frozenset({1}), sp.Gt),"),
        ("Max is the least", "relation = sp.Ge if isinstance(term, sp.Max) else sp.Le", "relation = sp.Le"),
        ("Min is the largest", "relation = sp.Ge if isinstance(term, sp.Max) else sp.Le", "relation = sp.Ge"),
        ("a negative factor is written as a positive one", "found[name] = -factor,", "found[name] = factor,"),
        ("a weak sign is written as a strict one", 'found[name] = factor, ">" if 0 not in signs else ">="',
         'found[name] = factor, ">"'),
        ("a weak inequality tells a strict sign", '">=": {0, 1}', '">=": {1}'),
        ("terms of both signs have one sign", "(_ANY if a * b < 0 else {a or b})", "{a or b}"),
        ("a case excludes itself from the others", "excluded.append(_literal(part, False))",
         "excluded.append(_literal(part, True))"),
        ("a case without a value is excluded from the others",
         "if isinstance(part, Relational) and not definedness(part):", "if isinstance(part, Relational):"),
        ("what is not zero is positive", "for sign in (1, -1):", "for sign in (1,):"),
    ),
    # --- obligations, inductions
    *_faults(
        "conclusion",
        "what_cancels_has_to_be_shown",
        ("what an algebraic form takes for granted is not shown",
         "granted = [*abstract.cancelled, *series, *[abstract(condition) for condition in lost]]", "granted = []"),
    ),
    *_faults(
        "abstraction",
        "what_cancels_has_to_be_shown",
        ("p in p/|p| may be 0", "self.cancelled[sp.Ne(slope, 0, evaluate=False)] = None", "pass"),
        ("every geometric series converges", "conditions += [sp.Lt(-1, base", "() or [sp.Lt(-1, base"),
        ("sqrt(x^2 y) is |x| sqrt(y)",
         "return all(node.base.is_nonnegative for node in left)", "return True"),
    ),
    *_faults(
        "substitution",
        "what_cancels_has_to_be_shown",
        ("nothing is lost by evaluation", "return list(found)", "return []"),
        ("what is lost counts as true", "return test is not None and all(", "return True or all("),
    ),
    *_faults(
        "induction",
        "an_invariant_holds_at_the_start",
        ("the start is not looked at", "for formula in invariant:\n        initial",
         "for formula in ():\n        initial"),
    ),
    *_faults(
        "induction",
        "a_step_keeps_the_invariant",
        ("the next state is the state",
         "later = formula.func(*[side.xreplace(moved) for side in formula.args], evaluate=False)", "later = formula"),
        ("the time stands still", "time: time + 1,", "time: time,"),
    ),
    *_faults(
        "induction",
        "an_invariant_implies_the_conclusion",
        ("the conclusion of an induction is not looked at", "return [*found.obligations, *last]",
         "return list(found.obligations)"),
    ),
    *_faults(
        "obligations",
        "a_limit_is_the_value_of_its_form",
        ("the value of a limit is not looked at",
         'Implication("its value there is the limit", assumed, sp.Eq(at_point, formula.rhs, evaluate=False)),', ""),
        ("the continuous form may be another function",
         'Implication("the continuous form is equal", (*assumed, near), sp.Eq(expression, form, evaluate=False)),', ""),
    ),
    *_faults(
        "obligations",
        "constants_are_positive_and_constant",
        ("a constant need not be positive", 'result += concluded("the constant is positive"',
         'concluded("the constant is positive"'),
        ("a constant may depend on anything", "if not constant.free_symbols <= set(formula.depends):", "if False:"),
        ("constants need not meet their condition",
         'result = [Implication("the constants are as they should be", assumed, condition)]', "result = []"),
    ),
    *_faults(
        "induction",
        "growth_is_by_a_factor_above_one",
        ("a coordinate may shrink", "(factor.is_Rational and factor > 1)", "factor.is_Rational"),
        ("a coordinate may be 0", 'result += concluded(f"{symbol} is never 0"', 'concluded(f"{symbol} is never 0"'),
        ("a coordinate need not grow", 'result += concluded(f"|{symbol}| grows by',
         'concluded(f"|{symbol}| grows by'),
    ),
    # --- eigenvalues
    *_faults(
        "spectral",
        "eigenvalues_decide_exactly",
        ("an equivalence is an implication", "in ((first, second), (second, first)):", "in ((first, second),):"),
        ("the other half of an equivalence", "in ((first, second), (second, first)):", "in ((second, first),):"),
        ("a factor -1 contracts", "sp.And(sp.Lt(-1, factor, evaluate=False)",
         "sp.And(sp.Le(-1, factor, evaluate=False)"),
        ("a factor 1 converges to a minimizer", "sp.Eq(eigenvalue, 0, evaluate=False))", "sp.true)"),
        ("a gradient of a gradient is a gradient", "return eigenvalue * factor(node.args[1])", "return eigenvalue"),
    ),
    *_faults(
        "spectral",
        "a_loss_is_exhibited_with_all_it_needs",
        ("a factor -1 expands", "sp.Lt(factor, -1, evaluate=False)", "sp.Le(factor, -1, evaluate=False)"),
    ),
    *_faults(
        "obligations",
        "a_loss_is_exhibited_with_all_it_needs",
        ("the exhibited loss need not be in its class",
         'result.append(Implication(f"the exhibited loss is {entry}", assumed, condition))', "pass"),
    ),
    # --- counterexamples, families, phases
    *_faults(
        "counterexample",
        "a_counterexample_is_admissible_and_trapped",
        ("a counterexample need not be admissible", 'self._require(f"{assumption} holds", assumption)', "pass"),
        ("its start need not meet the invariant",
         'self._conclude(f"the start meets {formula}", self.constants, formula, start)', "pass"),
        ("a step need not keep the invariant", 'self._conclude(f"a step keeps {formula}", known, formula, update)',
         "pass"),
        ("the conclusion need not fail",
         'self._conclude("the conclusion fails", known, body.args[0], negated=True)', "pass"),
        ("a disjunction fails where one part does",
         "return sp.And(*[self._negated(argument) for argument in formula.args], evaluate=False)",
         "return sp.Or(*[self._negated(argument) for argument in formula.args], evaluate=False)"),
    ),
    *_faults(
        "counterexample",
        "a_limit_is_missed_by_a_distance",
        ("a distance may be zero",
         'self._conclude("the distance is positive", self.constants, sp.Gt(distance, 0, evaluate=False))', "pass"),
        ("iterates need not miss a limit",
         'self._conclude("every iterate misses the limit", self._known(), put_in(apart, iterates))', "pass"),
        ("what is said of a limit may move", "if self._moves(said):", "if False:"),
        ("what decays need not keep away from 0",
         'self._conclude("every iterate keeps the distance from 0", known, away)', "pass"),
        ("an assumption about the iterates may fail",
         'self._conclude(f"{assumption} holds", self._known(), assumption)', "pass"),
    ),
    *_faults(
        "stopping",
        "what_comes_within_some_steps_comes",
        ("a time may come a step late", "sp.Le(time + 1, last, evaluate=False)", "sp.Le(time, last, evaluate=False)"),
        ("it may come before the start", "((), sp.Ge(last, 0, evaluate=False)), ", ""),
        ("what comes need have no value", "[((), has_value(side)) for side in relation.args]", "[]"),
    ),
    *_faults(
        "limits",
        "a_limit_is_missed_by_a_distance",
        ("what is said of a limit need not be continuous",
         "if not (_continuous(left, names) and _continuous(right, names)):", "if False:"),
        ("a disjunction is missed where one part is",
         "return sp.And(*[missed(argument", "return sp.Or(*[missed(argument"),
    ),
    *_faults(
        "counterexample",
        "what_fails_late_fails_from_a_time_on",
        ("the conclusion need not fail from the time on",
         'self._conclude("the conclusion fails", known, body.args[0], negated=True)', "pass"),
        ("a hinted time may move", "if value is None or self._moves(value):", "if value is None:"),
        ("a late time need have no value",
         'self._conclude("the time has a value", self.constants, sp.Eq(late, late, evaluate=False))', "pass"),
    ),
    *_faults(
        "counterexample",
        "what_is_known_of_a_slope_is_proved",
        ("lemmas about a slope need no proof", "for place, lemma in enumerate(lemmas)",
         "for place, lemma in enumerate(lemmas[:0])"),
    ),
    *_faults(
        "counterexample",
        "a_constant_may_not_be_outrun_by_what_it_depends_on",
        ("what a constant depends on may move with it", "if expression.free_symbols & constants:", "if False:"),
    ),
    *_faults(
        "families",
        "a_family_leaves_alone_what_the_constant_depends_on",
        ("a family need not grow", "if rate <= 0:", "if rate < 0:"),
        ("what a constant depends on may move along a family",
         "elif self.hint.index in value.free_symbols:", "elif False:"),
        ("the loss of a family need not be in its class",
         'found.append(self._goal(f"the loss is {entry}", self._put(condition)))', "pass"),
        ("the scale of a family may be anything",
         'found.append(self._goal("the scale is positive", sp.Gt(scale, 0, evaluate=False)))', "pass"),
    ),
    *_faults(
        "phases",
        "phases_follow_each_other",
        ("a phase never ends", '"within": ("within", "past")', '"within": ("within",)'),
        ("a first time never comes", '"before": ("before", "at")', '"before": ("before",)'),
        ("before a first time its condition holds", '"before": False, "at": True', '"before": True, "at": True'),
        ("within a phase t is below its end", '"within": {sp.Le},', '"within": {sp.Le, sp.Lt},'),
        ("before a first time t may have reached it", '"before": {sp.Gt, sp.Ge},', '"before": {sp.Gt},'),
    ),
    # --- a certificate and its claim, points
    *_faults(
        "check",
        "a_certificate_is_of_its_claim",
        ("any schema is read", 'if certificate.get("schema") != SCHEMA:', "if False:"),
        ("a certificate of another claim is read", 'if certificate.get("claim") != claim.id:', "if False:"),
        ("a stale certificate is read", 'if certificate.get("fingerprint") != claim.fingerprint:', "if False:"),
    ),
    *_faults(
        "check",
        "a_witness_is_admissible_and_violates",
        ("a violation is an undefined point", "else Truth.UNDEFINED\n    if truth", "else Truth.FALSE\n    if truth"),
        ("a witness need not violate anything", "if truth is not wanted:", "if False:"),
    ),
    *_faults(
        "check",
        "parts_and_readings_are_all_settled",
        ("one part proves all", "if len(known) == len(parts) else None", "if known else None"),
        ("a proved part hides a refuted one", '("refuted", "ill-posed", "undecided", "supported", "proved")',
         '("proved", "refuted", "ill-posed", "undecided", "supported")'),
        ("the first reading decides", 'return only\n    return "undecided"', "return only\n    return readings[0]"),
    ),
    *_two(
        "check",
        "every_obligation_is_met",
        "obligations may be left out",
        ("len(proofs) != len(needed)", "False"),
        ("zip(needed, proofs, strict=True)", "zip(needed, proofs)"),
    ),
    *_faults(
        "check",
        "a_refutation_rests_on_no_solver",
        ("a refutation may rest on a solver", '!= "kernel":', '== "nothing":'),
    ),
    *_faults(
        "evaluation",
        "a_point_is_admissible_only_with_certainty",
        ("an assumption without a value holds", "if truth in (Truth.FALSE, Truth.UNDEFINED):",
         "if truth is Truth.FALSE:"),
        ("what is not certified holds", "elif truth is Truth.UNKNOWN:\n            self.unknown.append(text)",
         "elif truth is Truth.UNKNOWN:\n            pass"),
        ("any loss is in the class", "self._require(condition, self.environment, text)", "pass"),
        ("assumptions are not looked at", "self._require_assumptions(here)\n", "pass\n"),
        ("a step need not exist", 'self._require(condition, here, f"the iterates of {step.name} are well defined',
         'str(f"the iterates of {step.name} are well defined'),
    ),
    *_faults(
        "evaluation",
        "a_conclusion_without_a_value_is_neither_true_nor_false",
        ("a conclusion without a value holds", "elif Truth.UNDEFINED in truths:", "elif False:"),
        ("a false part hides behind a true one", "if Truth.FALSE in truths:", "if truths[0] is Truth.FALSE:"),
    ),
]  # fmt: skip
