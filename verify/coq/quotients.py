"""Terms as quotients of polynomials, each with the Coq proof that it has that value; and what relations say of them."""

from __future__ import annotations

from collections.abc import Sequence
from math import gcd
from typing import NamedTuple

import sympy as sp
from flint import fmpq_mpoly
from sympy.core.relational import Relational

from verify.coq.signs import Sign, Signs, exact_nonzero, exact_positive
from verify.coq.text import KINDS, Printer, extreme_arguments
from verify.errors import CertificateError
from verify.kernel.cases import ANY
from verify.kernel.ring import Ring

Facts = list[tuple[fmpq_mpoly, str]]
_MINUS = {sp.Ge: "minus_ge", sp.Gt: "minus_gt", sp.Le: "minus_le", sp.Lt: "minus_lt", sp.Eq: "minus_eq",
          sp.Ne: "minus_ne"}  # fmt: skip
_FACT = {sp.Ge: ">=", sp.Le: ">=", sp.Gt: ">", sp.Lt: ">", sp.Eq: "=", sp.Ne: "!="}
_FROM = {">=": "from_ge", ">": "from_gt"}
_OF_VALUE = {"=": "quot_eq0", "!=": "quot_ne0"}
#: How the lemmas about a kind of fact are named.
_NAMED = {">=": "ge", ">": "gt", "=": "eq", "!=": "ne"}


class Value(NamedTuple):
    """A hypothesis ``quot term above below`` with integer polynomials, as polynomials and as text."""

    name: str
    above: fmpq_mpoly
    below: fmpq_mpoly
    texts: tuple[str, str]


class Quotients(Signs):
    """A case of the kernel's analysis that proves what its terms are."""

    def __init__(self, ring: Ring, printer: Printer) -> None:
        super().__init__(ring, printer)
        #: The hypotheses that state relations of terms.
        self.known: dict[Relational, str] = {}
        self.values: dict[tuple[sp.Basic, str, str], Value] = {}

    # --- facts --------------------------------------------------------------------------------------------------------

    def _assume(self, relation: Relational) -> None:
        """As the kernel, with a hypothesis for the fact that the relation is."""
        left, right = relation.args
        if isinstance(relation, sp.Le | sp.Lt):
            left, right = right, left
        facts: Facts = []
        above, below = self._difference(left, right, facts)
        kind = _FACT[type(relation)]
        polynomial = above if kind in ("=", "!=") else above * below
        if (str(polynomial), kind) in self.fact_names:
            pass
        elif is_polynomial(left) and is_polynomial(right):
            scale = self.integral(polynomial)[0]
            equal = "ring" if _is_integral(left) and _is_integral(right) else "field"
            tactic = f"apply (sign_{KINDS[type(relation)]} _ _ _ {scale} {self.known[relation]})"
            tactic = f"{tactic}; [{equal} | {exact_positive(scale)}]"
            self.fact_names[str(polynomial), kind] = self.proved(self.stated(polynomial, kind), tactic)
        else:
            self._difference_fact(relation, polynomial, kind, (above, below))
        super()._assume(relation)

    def _difference_fact(
        self, relation: Relational, polynomial: fmpq_mpoly, kind: str, quotient: tuple[fmpq_mpoly, fmpq_mpoly]
    ) -> None:
        """The fact that a relation between quotients is, from the value of the difference of its sides."""
        left, right = relation.args
        known, order = self.known[relation], "l" if isinstance(relation, sp.Le | sp.Lt) else "g"
        if right == 0:
            value = self._value(left)
            sign = known if order == "l" or kind in ("=", "!=") else f"({_FROM[kind]} _ {known})"
        else:
            left, right = (left, right) if order == "g" else (right, left)
            order = "g"
            text = f"({self.printer.term(left)} - {self.printer.term(right)})"
            value = self._reduced(text, _joined("sub", self._value(left), self._value(right)), *quotient)
            sign = f"({_MINUS[type(relation)]} _ _ {known})"
        over, under = value.texts
        if kind in ("=", "!="):
            self._fact(polynomial, kind, f"({_OF_VALUE[kind]} _ _ _ {value.name} {sign})", value.above, over)
            return
        lemma = f"{order}{'t' if kind == '>' else 'e'}0"
        whole = under == "1"
        about = f"(whole_{lemma} _ _ {value.name} {sign})" if whole else f"(quot_{lemma} _ _ _ {value.name} {sign})"
        product, multiple = over if whole else f"({over} * {under})", value.above * value.below
        if order == "l":
            product, multiple = f"(- {product})", -multiple
        self._fact(polynomial, kind, about, multiple, product)

    def _fact(self, polynomial: fmpq_mpoly, kind: str, proof: str, multiple: fmpq_mpoly, text: str) -> None:
        """A hypothesis about a polynomial, from a proof about a positive multiple of it, which is ``text``."""
        own = self.integral(polynomial)[1][0]
        a, b = _ratio(multiple, own)
        name = self.fresh("F")
        if text == self.text(polynomial):
            tactic = f"exact {proof}"
        elif a == b == 1:
            tactic = f"apply (same_{_NAMED[kind]} _ _ {proof}); ring"
        else:
            sizes = f"{exact_positive(a)} | {exact_positive(b)}"
            tactic = f"apply (scale_{_NAMED[kind]} _ _ {a} {b} {proof}); [ring | {sizes}]"
        self.say(f"assert ({name} : {self.stated(polynomial, kind)}) by ({tactic}).")
        self.fact_names[str(polynomial), kind] = name

    # --- terms --------------------------------------------------------------------------------------------------------

    def quotient(self, term: sp.Basic, facts: Facts) -> tuple[fmpq_mpoly, fmpq_mpoly]:
        """As the kernel; a case in which the term divides by 0 is closed."""
        if isinstance(term, sp.Pow) and term.exp < 0 and term.exp.q == 1:
            above, _ = self.quotient(term.base, facts)
            if above.is_zero():
                base, condition = self._value(term.base), self._condition(sp.Ne(term.base, 0, evaluate=False))
                scaled = base.name
                self.close(f"zero_inverse _ _ {scaled} {condition}")
        return super().quotient(term, facts)

    def _value(self, term: sp.Basic) -> Value:
        """The hypothesis that the term has its value."""
        above, below = self.quotient(term, [])
        key = term, str(above), str(below)
        if key not in self.values:
            self.values[key] = self._proved_value(term, above, below)
        return self.values[key]

    def _condition(self, relation: Relational) -> str:
        """The hypothesis that a relation is true; one between numbers is proved here."""
        if relation not in self.known and not relation.free_symbols:
            self.known[relation] = self.proved(self.printer.relation(relation), "lra")
        if relation not in self.known:
            raise CertificateError(f"{relation} is not known where Coq needs it")
        return self.known[relation]

    def _stated_value(self, text: str, above: fmpq_mpoly, below: fmpq_mpoly, tactic: str) -> Value:
        over, under = self.integral(above, below)[1]
        value = Value(self.fresh("Q"), over, under, (self.text(over), self.text(under)))
        self.say(f"assert ({value.name} : quot {text} {value.texts[0]} {value.texts[1]}) by ({tactic}).")
        return value

    def _reduced(self, text: str, value: Value, above: fmpq_mpoly, below: fmpq_mpoly) -> Value:
        """From one value of a term to an equal quotient of polynomials."""
        over, under = self.integral(above, below)[1]
        factor, remainder = divmod(value.below, under)
        if not remainder.is_zero() or factor * over != value.above:
            raise CertificateError("two quotients that the kernel takes for equal are not")
        if factor == self.ring.one:
            texts = self.text(over), self.text(under)
            if texts == value.texts:
                return self._stated_value(text, above, below, f"exact {value.name}")
            equal = ["reflexivity" if one == own else "ring" for one, own in zip(value.texts, texts, strict=True)]
            steps = f"apply (quot_same _ {value.texts[0]} {value.texts[1]} _ _ {value.name})"
            return self._stated_value(text, above, below, f"{steps}; [{' | '.join(equal)}]")
        scale, (common,) = self.integral(factor)
        steps = f"apply (quot_cancel _ {value.texts[0]} {value.texts[1]} _ _ {self.text(common)} {scale} {value.name})"
        return self._stated_value(text, above, below, f"{steps}; [ring | ring | {exact_nonzero(scale)}]")

    def _proved_value(self, term: sp.Basic, above: fmpq_mpoly, below: fmpq_mpoly) -> Value:
        text = self.printer.term(term)
        if is_polynomial(term):
            scale = self.integral(above, below)[0]
            tactic = "ring" if _is_integral(term) else "field"
            return self._stated_value(text, above, below, f"apply quot_poly; [{exact_nonzero(scale)} | {tactic}]")
        if isinstance(term, sp.Add | sp.Mul):
            return self._chain(term.func, text, term.args, above, below)
        if isinstance(term, sp.Pow):
            return self._power_value(term, text, above, below)
        if isinstance(term, sp.Min | sp.Max):
            arguments = extreme_arguments(term)
            place = self.choices["place", term]
            relation = sp.Ge if isinstance(term, sp.Max) else sp.Le
            conditions = [
                self.known[relation(arguments[place], other, evaluate=False)]
                for other in arguments
                if other is not arguments[place]
            ]
            name = f"{'max' if isinstance(term, sp.Max) else 'min'}{len(arguments)}_{place + 1}"
            equal = f"({name} {'_ ' * len(arguments)}{' '.join(conditions)})"
            value = self._value(arguments[place])
            return self._stated_value(text, above, below, f"exact (quot_is _ _ _ _ {equal} {value.name})")
        argument = term.args[0]
        if not isinstance(argument, sp.Mul):
            return self._signed_value(term, text, above, below)
        function, lemma = ("Rabs", "Rabs_mult") if isinstance(term, sp.Abs) else ("sgn", "sgn_mult")
        factors = list(map(self.printer.term, argument.args))
        whole = " * ".join(f"({function} {factor})" for factor in factors)
        parts = [term.func(factor, evaluate=False) for factor in argument.args]
        value = self._chain(sp.Mul, f"({whole})", parts, above, below)
        heads = [f"({' * '.join(factors[:size])})" for size in range(1, len(factors))]
        steps = [f"({lemma} {head} {last})" for head, last in zip(heads, factors[1:], strict=True)]
        return self._stated_value(text, above, below, f"rewrite {', '.join(reversed(steps))}; exact {value.name}")

    def _chain(
        self, kind: type[sp.Basic], text: str, parts: Sequence[sp.Basic], above: fmpq_mpoly, below: fmpq_mpoly
    ) -> Value:
        """A sum or a product, part by part."""
        total, *rest = [self._value(part) for part in parts]
        for one in rest:
            total = _joined("add" if kind is sp.Add else "mult", total, one)
        return self._reduced(text, total, above, below)

    def _power_value(self, term: sp.Pow, text: str, above: fmpq_mpoly, below: fmpq_mpoly) -> Value:
        base, exponent = term.args
        size = abs(int(exponent.p))
        if exponent.q == 1:
            value = self._value(base)
            nonzero = sp.Ne(base, 0, evaluate=False)
            inverse = f"(quot_ne0 _ _ _ {value.name} {self._condition(nonzero)})" if exponent < 0 else ""
        else:
            value, inverse = self._root(base, exponent < 0)
        if size > 1:
            texts = f"({value.texts[0]} ^ {size})", f"({value.texts[1]} ^ {size})"
            proof = f"(quot_pow {size} _ _ _ {value.name})"
            value = Value(proof, value.above**size, value.below**size, texts)
            inverse = f"(pow_nonzero _ {size} {inverse})"
        if exponent < 0:
            name = str(value.above), str(value.below)
            proof = f"(quot_inv _ _ _ {value.name} {inverse})"
            if value.above.is_zero():
                raise CertificateError(f"{name} is inverted")
            value = Value(proof, value.below, value.above, (value.texts[1], value.texts[0]))
        return self._reduced(text, value, above, below)

    def _root(self, base: sp.Expr, inverted: bool) -> tuple[Value, str]:
        """The value of a root, which is a variable, and why it is not 0; its facts become hypotheses."""
        place = self.ring.radicands.index(base)
        root, text = self.ring.root[base], self.printer.term(base)
        variable, defined = self.variables[place], f"E{place}"
        inside = self._value(base)
        positive, nonnegative = sp.Gt(base, 0, evaluate=False), sp.Ge(base, 0, evaluate=False)
        if positive in self.known:
            at_least = f"(from_gt_ge _ {self.known[positive]})"
        else:
            at_least = f"(from_ge _ {self._condition(nonnegative)})"
        if (str(root), ">=") not in self.fact_names:
            name = self.proved(f"0 <= {variable}", f"exact (root_nonneg _ _ {defined})")
            self.fact_names[str(root), ">="] = name
        above, below = super().quotient(base, [])
        equation = root**2 * below - above
        if (str(equation), "=") not in self.fact_names:
            a, b = _ratio(root**2 * inside.below - inside.above, self.integral(equation)[1][0])
            proof = (
                f"apply (root_square _ _ _ _ _ {a} {b} {defined} {at_least} {inside.name}); [ring | {exact_nonzero(a)}]"
            )
            self.fact_names[str(equation), "="] = self.proved(self.stated(equation, "="), proof)
        value = Value(f"(root_value {text} _ {defined})", root, self.ring.one, (variable, "1"))
        if not inverted:
            return value, ""
        return value, f"(root_ne _ _ {defined} {self._condition(positive)})"

    def _power(self, term: sp.Pow, facts: Facts) -> tuple[fmpq_mpoly, fmpq_mpoly]:
        """As the kernel, with a hypothesis for each fact that a power's having a value means."""
        base, exponent = term.args
        own: Facts = []
        result = super()._power(term, own)
        facts += own
        if exponent.q == 2:
            inverse = self._root(base, exponent < 0)[1]
            number = self.ring.root[base]
        else:
            number = self.quotient(base, [])[0]
        if exponent < 0 and (str(number), "!=") not in self.fact_names:
            if exponent.q == 2:
                self.fact_names[str(number), "!="] = self.proved(self.stated(number, "!="), f"exact {inverse}")
            else:
                value = self._value(base)
                condition = self._condition(sp.Ne(base, 0, evaluate=False))
                self._fact(number, "!=", f"(quot_ne0 _ _ _ {value.name} {condition})", value.above, value.texts[0])
        return result

    # --- absolute values and signs ------------------------------------------------------------------------------------

    def _signed_value(self, term: sp.Expr, text: str, above: fmpq_mpoly, below: fmpq_mpoly) -> Value:
        argument = term.args[0]
        signs, name = self._argument_sign(argument)
        value = self._value(argument)
        if isinstance(term, sp.Abs) and signs == {0}:
            proof = f"(abs_zero _ _ _ {value.name} {name})"
            zero = Value(proof, value.above * 0, value.below, ("0", value.texts[1]))
            return self._reduced(text, zero, above, below)
        if isinstance(term, sp.Abs):
            if signs not in ({1}, {0, 1}, {-1}, {-1, 0}):
                raise CertificateError("the sign in an absolute value is not explained for Coq")
            if -1 not in signs:
                weak = name if 0 in signs else f"(from_pos_ge _ {name})"
                proof, over = f"(abs_nonneg _ _ _ {value.name} {weak})", value.above
            else:
                weak = name if 0 in signs else f"(from_lt_le _ {name})"
                opposite = self.text(-value.above)
                proof, over = f"(abs_nonpos _ _ _ {opposite} {value.name} {weak} ltac:(ring))", -value.above
            return self._reduced(text, Value(proof, over, value.below, (self.text(over), value.texts[1])), above, below)
        (sign,) = signs
        lemma = {1: "sgn_pos", -1: "sgn_neg", 0: "sgn_zero"}[sign]
        return self._stated_value(text, above, below, f"exact ({lemma} _ {name})")

    def _argument_sign(self, argument: sp.Expr) -> tuple[Sign, str]:
        """The signs that an argument can have, and a hypothesis that says so of the term itself."""
        value = self._value(argument)
        numerator, denominator = super().quotient(argument, [])
        product = numerator * denominator
        known, name = self.sign_of(product)
        if known != ANY:
            name = self._about_argument(product, known, name, value)
        choice: Sign = self.choices.get(("sign", argument), ANY)
        if choice == ANY or known <= choice:
            return known, name
        chosen = self._chosen(argument, choice)
        if choice <= known:
            return choice, chosen
        both = known & choice
        if choice == {0, 1} and known == {-1, 1}:
            return both, f"(arg_ge_ne _ {chosen} {name})"
        if choice == {0, 1} and known == {-1, 0}:
            return both, f"(arg_ge_le _ {chosen} {name})"
        raise CertificateError("the sign of an argument is not explained for Coq")

    def _chosen(self, argument: sp.Expr, choice: Sign) -> str:
        kinds = {frozenset({0, 1}): (sp.Ge, "(from_ge _ {})"), frozenset({1}): (sp.Gt, "(from_gt _ {})"),
                 frozenset({-1}): (sp.Lt, "{}"), frozenset({0}): (sp.Eq, "{}")}  # fmt: skip
        kind, form = kinds[choice]
        return form.format(self._condition(kind(argument, 0, evaluate=False)))

    def _about_argument(self, product: fmpq_mpoly, signs: Sign, name: str, value: Value) -> str:
        """From the sign of n d to that of a term with the value n/d."""
        n, d = value.texts
        a, b = _ratio(self.integral(product)[1][0], value.above * value.below)
        if signs == {0}:
            statement, scaled, back = f"{n} * {d} = 0", "scale_eq", "back_eq_product"
        elif signs == {-1, 1}:
            statement, scaled, back = f"{n} * {d} <> 0", "scale_ne", "back_ne_product"
        else:
            positive, strict = 1 in signs, 0 not in signs
            scaled, relation = ("scale_gt", "<") if strict else ("scale_ge", "<=")
            statement = f"0 {relation} {'' if positive else '- '}({n} * {d})"
            back = f"back_{'g' if positive else 'l'}{'t' if strict else 'e'}"
        sizes = f"{exact_positive(a)} | {exact_positive(b)}"
        about = self.proved(statement, f"apply ({scaled} _ _ {a} {b} {name}); [ring | {sizes}]")
        return f"({back} _ _ _ {value.name} {about})"


def _joined(operation: str, first: Value, second: Value) -> Value:
    """A sum, difference or product of two values, without denominators that are 1 or that both have."""
    (n, d), (m, e) = first.texts, second.texts
    if operation == "mult":
        above, below = first.above * second.above, first.below * second.below
        variant, over, under = "", f"({n} * {m})", f"({d} * {e})"
        if e == "1":
            variant, under = "{}_whole", d
        elif d == "1":
            variant, under = "whole_{}", e
    else:
        sign = "+" if operation == "add" else "-"
        left, right = first.above * second.below, second.above * first.below
        below = first.below * second.below
        variant, over, under = "", f"({n} * {e} {sign} {m} * {d})", f"({d} * {e})"
        if d == e:
            left, right, below = first.above, second.above, first.below
            variant, over, under = "{}_same", f"({n} {sign} {m})", d
        elif e == "1":
            variant, over, under = "{}_whole", f"({n} {sign} {m} * {d})", d
        elif d == "1":
            variant, over, under = "whole_{}", f"({n} * {e} {sign} {m})", e
        above = left + right if operation == "add" else left - right
    blanks = "_ _ _ _ _" if variant else "_ _ _ _ _ _"
    lemma = f"quot_{(variant or '{}').format(operation)}"
    return Value(f"({lemma} {blanks} {first.name} {second.name})", above, below, (over, under))


def _ratio(first: fmpq_mpoly, second: fmpq_mpoly) -> tuple[int, int]:
    """Positive integers a, b with a * second = b * first, for polynomials that are positive multiples."""
    if second.is_zero():
        return 1, 1
    ratio = first.leading_coefficient() / second.leading_coefficient()
    if ratio <= 0 or second * ratio != first:
        raise CertificateError("a fact is no positive multiple of what the kernel takes it for")
    a, b = int(ratio.p), int(ratio.q)
    return a // gcd(a, b), b // gcd(a, b)


def _is_integral(term: sp.Basic) -> bool:
    return all(one.q == 1 for one in term.atoms(sp.Rational))


def is_polynomial(term: sp.Basic) -> bool:
    """Whether a term is made of numbers and symbols by sums, products and natural powers."""
    return all(
        isinstance(node, sp.Rational | sp.Symbol | sp.Add | sp.Mul)
        or (isinstance(node, sp.Pow) and node.exp.is_Integer and node.exp > 0)
        for node in sp.preorder_traversal(term)
    )
