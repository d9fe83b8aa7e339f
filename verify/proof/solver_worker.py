"""One solver in its own process: reads an SMT-LIB script, prints ``unsat``, ``sat`` with a model, or ``unknown``."""

from __future__ import annotations

import json
import resource
import sys


def main() -> None:
    """Run the solver named on the command line within its limits; the script comes on standard input."""
    solver, work, memory = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    resource.setrlimit(resource.RLIMIT_AS, (memory << 20, memory << 20))
    script = sys.stdin.read()
    answer = _z3(script, work) if solver == "z3" else _cvc5(script, work)
    print(json.dumps(answer))


def _z3(script: str, work: int) -> dict[str, object]:
    import z3

    engine = z3.SolverFor("QF_NRA")
    engine.set("rlimit", work)
    engine.from_string(script)
    status = str(engine.check())
    model: dict[str, str] = {}
    if status == "sat":
        found = engine.model()
        for constant in found.decls():
            value = found[constant]
            near = value.approx(20) if z3.is_algebraic_value(value) else value
            model[constant.name()] = f"{near.numerator_as_long()}/{near.denominator_as_long()}"
    return {"status": status, "model": model}


def _cvc5(script: str, work: int) -> dict[str, object]:
    import cvc5

    manager = cvc5.TermManager()
    engine = cvc5.Solver(manager)
    engine.setOption("rlimit", str(work))
    engine.setOption("nl-cov", "true")
    parser = cvc5.InputParser(engine)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, script, "leaf")
    symbols = parser.getSymbolManager()
    status = "unknown"
    while True:
        command = parser.nextCommand()
        if command.isNull():
            break
        text = str(command.invoke(engine, symbols)).strip()
        if text in ("sat", "unsat", "unknown"):
            status = text
    return {"status": status, "model": {}}


if __name__ == "__main__":
    main()
