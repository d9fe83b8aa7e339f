"""One solver in a process of its own: an SMT-LIB script on standard input, one JSON answer on standard output.

Usage: ``python -m verify.proof.smt_worker z3|cvc5 WORK MEGABYTES``.
"""

from __future__ import annotations

import json
import resource
import sys
from typing import Any

#: The random seeds that z3 is started with, one after the other: which one succeeds varies with the input.
SEEDS = (0, 1)


def main() -> None:
    """Answer with a status (sat, unsat, unknown, missing), and for sat with a model."""
    name, work, memory = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    resource.setrlimit(resource.RLIMIT_AS, (memory << 20, memory << 20))
    script = sys.stdin.read()
    try:
        answer = _z3(script, work) if name == "z3" else _cvc5(script, work)
    except ImportError as reason:
        answer = {"status": "missing", "reason": str(reason)}
    except MemoryError:
        answer = {"status": "unknown", "reason": "out of memory"}
    print(json.dumps(answer))


def _z3(script: str, work: int) -> dict[str, Any]:
    import z3

    reason = ""
    for seed in SEEDS:
        solver = z3.SolverFor("QF_NRA")
        solver.set("random_seed", seed)
        z3.set_param("nlsat.seed", seed)
        solver.set("rlimit", work // len(SEEDS))
        solver.from_string(script)
        status = str(solver.check())
        if status == "sat":
            return {"status": "sat", **_z3_model(solver.model())}
        if status == "unsat":
            return {"status": "unsat"}
        reason = solver.reason_unknown()
    return {"status": "unknown", "reason": reason}


def _z3_model(model: Any) -> dict[str, Any]:
    import z3

    values, rounded = {}, []
    for declaration in model.decls():
        value = model[declaration]
        if z3.is_algebraic_value(value):
            value = value.approx(30)
            rounded.append(declaration.name())
        if z3.is_rational_value(value):
            values[declaration.name()] = f"{value.numerator_as_long()}/{value.denominator_as_long()}"
    return {"model": values, "rounded": rounded}


def _cvc5(script: str, work: int) -> dict[str, Any]:
    import cvc5

    solver = cvc5.Solver(cvc5.TermManager())
    for option, value in {"rlimit": str(work), "nl-cov": "true", "produce-models": "true"}.items():
        solver.setOption(option, value)
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, script, "goal")
    symbols = parser.getSymbolManager()
    result = ""
    while not (command := parser.nextCommand()).isNull():
        result = command.invoke(solver, symbols).strip() or result
    if result == "sat":
        return {"status": "sat", **_cvc5_model(solver, symbols)}
    if result == "unsat":
        return {"status": "unsat"}
    return {"status": "unknown", "reason": result[:200]}


def _cvc5_model(solver: Any, symbols: Any) -> dict[str, Any]:
    values, rounded = {}, []
    for term in symbols.getDeclaredTerms():
        value, name = solver.getValue(term), term.getSymbol()
        if value.isRealValue():
            number = value.getRealValue()
            values[name] = f"{number.numerator}/{number.denominator}"
        else:
            rounded.append(name)  # an algebraic number, which cvc5 prints rounded: left out
    return {"model": values, "rounded": rounded}


if __name__ == "__main__":
    main()
