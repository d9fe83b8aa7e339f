"""The signs of factors that the kernel finds plain, each with the Coq proof that it follows from the facts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from itertools import count
from math import lcm

from flint import fmpq, fmpq_mpoly

from verify.coq.text import Printer
from verify.errors import CertificateError
from verify.kernel.cases import ANY, Case
from verify.kernel.ring import Ring

Sign = frozenset[int]
_STATED = {">": "0 < {}", ">=": "0 <= {}", "=": "{} = 0", "!=": "{} <> 0"}
#: How a hypothesis states each set of signs: of the factor (1) or of its negative (-1), and the relation.
_FORM: dict[Sign, tuple[int, str]] = {
    frozenset({1}): (1, ">"),
    frozenset({0, 1}): (1, ">="),
    frozenset({-1}): (-1, ">"),
    frozenset({-1, 0}): (-1, ">="),
    frozenset({0}): (1, "="),
    frozenset({-1, 1}): (1, "!="),
}


class Signs(Case):
    """A case of the kernel's analysis that names a hypothesis for each fact and each sign."""

    def __init__(self, ring: Ring, printer: Printer) -> None:
        super().__init__(ring)
        self.printer = printer
        self.lines: list[str] = []
        self.closed = False
        self._numbers = count(1)
        self.fact_names: dict[tuple[str, str], str] = {}
        self.sign_names: dict[str, str] = {}
        self._reason: tuple[fmpq_mpoly, str] | None = None
        roots = [f"r{place}" for place in range(len(ring.radicands))]
        #: The Coq names of the ring's variables.
        self.variables = [*roots, *[printer.names(symbol) for symbol in ring.symbols[len(roots) :]]]

    # --- writing ------------------------------------------------------------------------------------------------------

    def fresh(self, letter: str) -> str:
        """A name for a hypothesis that no other one has."""
        return f"{letter}{next(self._numbers)}"

    def say(self, line: str) -> None:
        """Add a line to the proof, if the case is not closed yet."""
        if not self.closed:
            self.lines.append(line)

    def close(self, proof: str) -> None:
        """End the case by a proof of False."""
        self.say(f"exact ({proof}).")
        self.closed = True

    def proved(self, statement: str, tactic: str) -> str:
        """The name of a new hypothesis."""
        name = self.fresh("N")
        self.say(f"assert ({name} : {statement}) by ({tactic}).")
        return name

    def integral(self, *polynomials: fmpq_mpoly) -> tuple[int, list[fmpq_mpoly]]:
        """The least multiple of some polynomials that has integer coefficients."""
        scale = reduce(lcm, (int(c.q) for one in polynomials for c in one.coeffs()), 1)
        return scale, [one * scale for one in polynomials]

    def text(self, polynomial: fmpq_mpoly) -> str:
        """The least integer multiple of a polynomial as Coq text, in parentheses where needed."""
        terms = []
        for exponents, coefficient in self.integral(polynomial)[1][0].to_dict().items():
            powers = [
                name if power == 1 else f"{name} ^ {int(power)}"
                for name, power in zip(self.variables, exponents, strict=True)
                if power
            ]
            number = int(coefficient.p)
            if number != 1 or not powers:
                powers.insert(0, str(number) if number >= 0 else f"({number})")
            terms.append(" * ".join(powers))
        if not terms:
            return "0"
        text = " + ".join(terms)
        return text if len(terms) == 1 and " " not in text else f"({text})"

    def stated(self, polynomial: fmpq_mpoly, kind: str) -> str:
        """A fact about a polynomial as Coq text."""
        return _STATED[kind].format(self.text(polynomial))

    def sign_stated(self, factor: fmpq_mpoly, signs: Sign) -> str:
        """That a factor has one of some signs."""
        orientation, kind = _FORM[signs]
        return self.stated(factor * orientation, kind)

    # --- what the kernel learns ---------------------------------------------------------------------------------------

    def _learn(self, polynomial: fmpq_mpoly, relation: str) -> bool:
        self._reason = polynomial, relation
        alive = super()._learn(polynomial, relation)
        if not alive and not self.closed:
            fact = self.fact_names[str(polynomial), relation]
            if polynomial.is_zero():
                self.close(f"Rlt_irrefl _ {fact}" if relation == ">" else f"{fact} eq_refl")
            else:
                self._contradiction(polynomial, relation, fact)
        return alive

    def _contradiction(self, polynomial: fmpq_mpoly, relation: str, fact: str) -> None:
        """The factors of known sign alone give the polynomial another sign than the fact."""
        constant, factors = self.ring.factors(polynomial)
        _, size, proof, sign = self._known_part(polynomial, constant, factors)
        text = self.text(polynomial * sign)
        positive = proof
        if size != text:
            positive = self.proved(f"0 < {text}", f"apply (positive _ {size}); [ring | exact {proof}]")
        if relation == "=":
            self.close(f"gt_zero _ _ {positive} {fact} ltac:({'left' if sign == 1 else 'right'}; ring)")
        elif sign == -1 and relation in (">", ">="):
            weak = fact if relation == ">=" else f"(Rlt_le _ _ {fact})"
            self.close(f"gt_ge _ _ {positive} {weak} ltac:(ring)")
        else:
            raise CertificateError("a contradiction between a sign and a fact is not explained for Coq")

    def _refine(self, factor: fmpq_mpoly, signs: Sign) -> bool:
        name = str(factor)
        before = self.signs.get(name, (factor, ANY))[1]
        after = before & signs
        derived = self._derived(factor, signs) if after != before and not self.closed else ""
        alive = super()._refine(factor, signs)
        if self.closed:
            return alive
        if derived:
            found = self._combined(factor, (before, self.sign_names.get(name, "")), (signs, derived))
            self.sign_names[name] = found[1]
        if not alive and not self.closed:
            self._combined(factor, (after, self.sign_names.get(name, "")), self._of_terms(factor))
        return alive

    def _derived(self, factor: fmpq_mpoly, signs: Sign) -> str:
        """A hypothesis that the factor has one of the signs that the fact at hand leaves it."""
        assert self._reason is not None
        polynomial, relation = self._reason
        fact = self.fact_names[str(polynomial), relation]
        constant, factors = self.ring.factors(polynomial)
        if signs == {-1, 1}:
            rest = self.text(polynomial / factor)
            nonzero = fact if relation == "!=" else f"(pos_ne _ _ {fact} eq_refl)"
            if rest == "1":
                return fact if relation == "!=" else self.proved(self.sign_stated(factor, signs), f"exact {nonzero}")
            return self.proved(self.sign_stated(factor, signs), f"apply (factor_ne _ _ {rest} {nonzero}); ring")
        ((left, exponent),), size, proof, sign = self._known_part(polynomial, constant, factors)
        if signs in _FORM and self.sign_stated(factor, signs) == self.stated(polynomial, relation):
            return fact
        assert str(left) == str(factor)
        lemma = {">": "factor_gt", ">=": "factor_ge", "=": "factor_eq"}[relation]
        half = exponent // 2
        if relation == "=":
            power = f"({self.text(factor)} ^ {exponent})"
            side = "left" if sign == 1 else "right"
            inner = f"apply (factor_eq _ {power} {size} {fact}); [{side}; ring | exact {proof}]"
            return self.proved(self.sign_stated(factor, signs), f"apply (power_zero {exponent}); {inner}")
        if not signs or signs == {0}:  # an even power with a negative multiplier
            square = f"- ({self.text(factor)} ^ {half} * {self.text(factor)} ^ {half})"
            relation_text = "0 < " if relation == ">" else "0 <= "
            inner = f"apply ({lemma} _ _ {size} {fact}); [ring | exact {proof}]"
            if not signs:
                power = self.proved(f"{relation_text}{square}", inner)
                self.close(f"even_pos {half} _ {power}")
                return ""
            return self.proved(self.sign_stated(factor, signs), f"apply (even_zero {half}); {inner}")
        inner = f"apply ({lemma} _ _ {size} {fact}); [ring | exact {proof}]"
        if exponent == 1:
            return self.proved(self.sign_stated(factor, signs), inner)
        odd = "odd_gt" if relation == ">" else "odd_ge"
        return self.proved(self.sign_stated(factor, signs), f"apply ({odd} {half}); {inner}")

    def _known_part(
        self, polynomial: fmpq_mpoly, constant: fmpq, factors: Sequence[tuple[fmpq_mpoly, int]]
    ) -> tuple[list[tuple[fmpq_mpoly, int]], str, str, int]:
        """The factors of unknown sign; the size of the others' product, why it is positive, and its sign."""
        sign, left = self._stripped(constant, factors)
        number = abs(constant) * self.integral(polynomial)[0]
        texts, proof = [str(int(number.p))], f"(IZR_lt 0 {int(number.p)} eq_refl)"
        for factor, exponent in factors:
            if any(str(factor) == str(other) for other, _ in left):
                continue
            text, one, _, _ = self.oriented(factor, exponent)
            if texts == ["1"]:
                texts, proof = [text], one
            else:
                texts, proof = [*texts, text], f"(Rmult_lt_0_compat _ _ {proof} {one})"
        size = reduce(lambda done, one: f"({done} * {one})", texts)
        return left, size, proof, sign

    # --- signs as hypotheses ------------------------------------------------------------------------------------------

    def have(self, factor: fmpq_mpoly) -> tuple[Sign, str]:
        """The signs that the kernel knows a factor to have, and a hypothesis that says so ("" for all signs)."""
        name = str(factor)
        known = self.signs.get(name, (factor, ANY))[1], self.sign_names.get(name, "")
        wanted = self._factor_signs(factor)
        return known if known[0] == wanted else self._combined(factor, known, self._of_terms(factor))

    def _of_terms(self, factor: fmpq_mpoly) -> tuple[Sign, str]:
        """The signs that the terms of a factor leave it, with a hypothesis."""
        signs = self._monomial_signs(factor)
        if len(factor) == 1 or signs == ANY:
            return self.signs.get(str(factor), (factor, ANY))[1], self.sign_names.get(str(factor), "")
        if signs == {0}:
            first, second = (self._terms_at_least(factor, sign, strict=False) for sign in (1, -1))
            return signs, self.proved(self.stated(factor, "="), f"apply (both_ge _ _ {first} {second}); ring")
        sign = 1 if 1 in signs else -1
        if {1, -1} <= signs:
            raise CertificateError("a sum of terms that is not 0 is not explained for Coq")
        return signs, self._terms_at_least(factor, sign, strict=0 not in signs)

    def _terms_at_least(self, factor: fmpq_mpoly, sign: int, *, strict: bool) -> str:
        """A hypothesis that sign * factor is at least (strict: more than) 0, term by term."""
        total, proof, is_strict = "", "", False
        generators = self.ring.context.gens()
        for exponents, coefficient in (factor * sign).to_dict().items():
            size = abs(int(coefficient.p))
            text, one, one_strict = str(size), f"(IZR_lt 0 {size} eq_refl)", True
            nil = None
            for place, power in enumerate(exponents):
                if power:
                    variable = generators[place]
                    if self.have(variable)[0] == {0}:
                        nil = variable
                        break
                    more, why, strictly, _ = self.oriented(variable, int(power))
                    text = f"({text} * {more})"
                    one, one_strict = product_proof(one, one_strict, why, strictly), one_strict and strictly
            if nil is not None:
                monomial = self.ring.context.from_dict({exponents: coefficient}) / nil
                text = f"({self.text(nil)} * {self.text(monomial)})"
                one, one_strict = f"(zero_factor {self.text(monomial)} _ {self.have(nil)[1]})", False
            if not total:
                total, proof, is_strict = text, one, one_strict
            else:
                total = f"({total} + {text})"
                proof, is_strict = sum_proof(proof, is_strict, one, one_strict), is_strict or one_strict
        if strict and not is_strict:
            raise CertificateError("a strict sum of terms is not explained for Coq")
        if is_strict and not strict:
            proof = f"(Rlt_le _ _ {proof})"
        statement = f"{'0 <' if strict else '0 <='} {self.text(factor * sign)}"
        return self.proved(statement, f"replace {self.text(factor * sign)} with {total} by ring; exact {proof}")

    def oriented(self, factor: fmpq_mpoly, exponent: int) -> tuple[str, str, bool, int]:
        """A power, not negative, of a factor or its negative: text, proof, whether it is positive, its sign."""
        signs, name = self.have(factor)
        half = exponent // 2
        if signs in (frozenset({-1, 1}), ANY):
            if exponent % 2:
                raise CertificateError("the sign of a factor is not explained for Coq")
            base = self.text(factor)
            text = f"({base} ^ {half} * {base} ^ {half})"
            return (
                text,
                (f"(square_gt {half} _ {name})" if 0 not in signs else f"(square_ge {half} {base})"),
                0 not in signs,
                1,
            )
        sign, kind = _FORM[signs]
        base, strict = self.text(factor * sign), kind == ">"
        sign = sign**exponent
        if exponent == 1:
            return base, name, strict, sign
        return f"({base} ^ {exponent})", f"({'pow_lt' if strict else 'pow_le'} _ {exponent} {name})", strict, sign

    def _combined(self, factor: fmpq_mpoly, first: tuple[Sign, str], second: tuple[Sign, str]) -> tuple[Sign, str]:
        """What two statements about the sign of a factor say together; the case is closed if they contradict."""
        both = first[0] & second[0]
        for one in (first, second):
            if one[0] == both and one[1]:
                return both, one[1]
        if self.closed or (not both and "" in (first[1], second[1])):
            return both, ""
        (left, a), (right, b) = sorted((first, second), key=lambda entry: _ORDER.index(entry[0]))
        if both:
            statement = self.sign_stated(factor, both)
            if right == {-1, 1}:
                lemma = f"exact (ge_ne _ {a} {b})" if 1 in left else f"apply (le_ne _ _ {a} {b}); ring"
            else:
                positive, negative = (a, b) if 1 in left else (b, a)
                lemma = f"apply (both_ge _ _ {positive} {negative}); ring"
            return both, self.proved(statement, lemma)
        if right == {0}:
            self.close(
                f"{a} {b}"
                if left == {-1, 1}
                else f"gt_zero _ _ {a} {b} ltac:({'left' if 1 in left else 'right'}; ring)"
            )
        elif left in ({1}, {-1}):
            weak = b if 0 in right else f"(Rlt_le _ _ {b})"
            self.close(f"gt_ge _ _ {a} {weak} ltac:(ring)")
        else:
            raise CertificateError("two signs that exclude each other are not explained for Coq")
        return both, ""

    def sign_of(self, polynomial: fmpq_mpoly) -> tuple[Sign, str]:
        """The signs of a product of factors, and a hypothesis that says so ("" for all signs)."""
        if polynomial.is_zero():
            return frozenset({0}), self.proved("0 = 0", "reflexivity")
        signs = self._signs_of(polynomial)
        if signs == ANY:
            return signs, ""
        scale = self.integral(polynomial)[0]
        constant, factors = self.ring.factors(polynomial)
        if signs == {0}:
            nil = next(factor for factor, _ in factors if self.have(factor)[0] == {0})
            tactic = f"replace {self.text(polynomial)} with ({self.text(polynomial / nil)} * {self.text(nil)}) by ring"
            if self.integral(polynomial / nil)[0] != scale:
                raise CertificateError("a zero factor is not explained for Coq")
            return signs, self.proved(
                self.stated(polynomial, "="), f"{tactic}; apply zero_multiple; exact {self.have(nil)[1]}"
            )
        if signs == {-1, 1}:
            texts = [(self.text(factor), exponent, self.have(factor)) for factor, exponent in factors]
            number = int((constant * scale).p)
            whole, proof = f"({number})", f"(IZR_neq {number} 0 ltac:(discriminate))"
            for text, exponent, (own, name) in texts:
                orientation, kind = _FORM[own]
                nonzero = (
                    name
                    if kind == "!="
                    else f"({'pos_ne' if orientation == 1 else 'neg_ne'} {text} _ {name} ltac:(ring))"
                )
                whole = f"({whole} * {text} ^ {exponent})"
                proof = f"(Rmult_integral_contrapositive_currified _ _ {proof} (pow_nonzero _ {exponent} {nonzero}))"
            return signs, self.proved(
                self.stated(polynomial, "!="), f"replace {self.text(polynomial)} with {whole} by ring; exact {proof}"
            )
        sign = 1 if 1 in signs else -1
        size = int((abs(constant) * scale).p)
        total, proof, strict = str(size), f"(IZR_lt 0 {size} eq_refl)", True
        for factor, exponent in factors:
            text, one, strictly, _ = self.oriented(factor, exponent)
            if total == "1":
                total, proof, strict = text, one, strictly
            else:
                total, proof = f"({total} * {text})", product_proof(proof, strict, one, strictly)
                strict = strict and strictly
        whole = self.text(polynomial * sign)
        if whole == total:
            return signs, proof
        return signs, self.proved(
            f"{'0 <' if strict else '0 <='} {whole}", f"replace {whole} with {total} by ring; exact {proof}"
        )

    def simplified_names(self, facts: Sequence[tuple[fmpq_mpoly, str]]) -> list[str]:
        """A hypothesis for each atom of a leaf, in the order of ``_simplified``."""
        names: dict[tuple[str, str], str] = {}
        for name, (factor, signs) in list(self.signs.items()):
            if signs in _FORM:
                orientation, kind = _FORM[signs]
                names[str(factor * orientation), kind] = self.sign_names[name]
        for polynomial, relation in self.facts:
            if polynomial.is_zero() or relation == "!=":
                continue
            constant, factors = self.ring.factors(polynomial)
            sign, left = self._stripped(constant, factors)
            if len(left) < 2:
                continue
            product = self.ring.one * sign
            for factor, exponent in left:
                product *= factor**exponent
            if (str(product), relation) not in names and (product, relation) in facts:
                names[str(product), relation] = self._product_fact(polynomial, relation, product)
        return [names[str(polynomial), relation] for polynomial, relation in facts]

    def _product_fact(self, polynomial: fmpq_mpoly, relation: str, product: fmpq_mpoly) -> str:
        """The fact about a product without its factors of known sign."""
        fact = self.fact_names[str(polynomial), relation]
        constant, factors = self.ring.factors(polynomial)
        _, size, proof, _ = self._known_part(polynomial, constant, factors)
        lemma = {">": "factor_gt", ">=": "factor_ge", "=": "factor_eq"}[relation]
        equal = "left; ring" if relation == "=" else "ring"
        return self.proved(
            self.stated(product, relation), f"apply ({lemma} _ _ {size} {fact}); [{equal} | exact {proof}]"
        )


#: In which order two statements about a sign are combined: the strict ones first, equality and inequation last.
_ORDER: list[Sign] = [
    *map(frozenset, ({1}, {-1}, {0, 1}, {-1, 0})),
    frozenset({-1, 1}),
    frozenset({0}),
    ANY,
    frozenset(),
]


def exact_positive(number: int) -> str:
    """The tactic that a positive integer is positive."""
    return f"exact (IZR_lt 0 {number} eq_refl)"


def exact_nonzero(number: int) -> str:
    """The tactic that a positive integer is not 0."""
    return f"exact (Rgt_not_eq _ _ (IZR_lt 0 {number} eq_refl))"


def product_proof(first: str, first_strict: bool, second: str, second_strict: bool) -> str:
    """Why a product of two numbers is positive, or not negative."""
    if first_strict and second_strict:
        return f"(Rmult_lt_0_compat _ _ {first} {second})"
    return f"(Rmult_le_pos _ _ {_weak(first, first_strict)} {_weak(second, second_strict)})"


def sum_proof(first: str, first_strict: bool, second: str, second_strict: bool) -> str:
    """Why a sum of two numbers is positive, or not negative."""
    if first_strict and second_strict:
        return f"(Rplus_lt_0_compat _ _ {first} {second})"
    if first_strict or second_strict:
        lemma = "Rplus_lt_le_0_compat" if first_strict else "Rplus_le_lt_0_compat"
        return f"({lemma} _ _ {first} {second})"
    return f"(Rplus_le_le_0_compat _ _ {first} {second})"


def _weak(proof: str, strict: bool) -> str:
    return f"(Rlt_le _ _ {proof})" if strict else proof
