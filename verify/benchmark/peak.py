"""How many multiply-adds one core can do: chains of them that wait for nothing else."""

from __future__ import annotations

import ctypes
import time

import llvmlite.binding as llvm
import numpy as np

from verify.lowering.lanes.kernel import target_machine

#: Widths of a vector and numbers of independent chains that are tried; which is best depends on the processor.
WIDTHS, CHAINS = (2, 4, 8), (8, 10, 12)
ROUNDS = 2_000_000


def multiply_adds_per_second(repeats: int = 5) -> float:
    """The largest measured number of floating-point operations per second on one core, a multiply-add being two."""
    best = 0.0
    for width in WIDTHS:
        for chains in CHAINS:
            engine = llvm.create_mcjit_compiler(llvm.parse_assembly(_source(width, chains)), target_machine())
            engine.finalize_object()
            function = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64)(engine.get_function_address("peak"))
            numbers = np.full(width, 0.5)
            for _ in range(repeats):
                started = time.perf_counter()
                function(numbers.ctypes.data, ROUNDS)
                best = max(best, 2.0 * ROUNDS * chains * width / (time.perf_counter() - started))
                numbers[:] = 0.5
    return best


def _source(width: int, chains: int) -> str:
    kind = f"<{width} x double>"
    fma = f"@llvm.fma.v{width}f64"
    starts = [f"  %z{k} = insertelement {kind} zeroinitializer, double {float(k + 1)!r}, i32 0" for k in range(chains)]
    phis = [f"  %a{k} = phi {kind} [ %z{k}, %entry ], [ %b{k}, %loop ]" for k in range(chains)]
    steps = [f"  %b{k} = call {kind} {fma}({kind} %a{k}, {kind} %m, {kind} %c)" for k in range(chains)]
    sums = [f"  %s1 = fadd {kind} %b0, %b1"]
    sums += [f"  %s{k} = fadd {kind} %s{k - 1}, %b{k}" for k in range(2, chains)]
    lines = [
        f"declare {kind} {fma}({kind}, {kind}, {kind})",
        "define void @peak(ptr %numbers, i64 %rounds) {",
        "entry:",
        f"  %m = load {kind}, ptr %numbers, align 8",
        f"  %c = fmul {kind} %m, %m",
        *starts,
        "  br label %loop",
        "loop:",
        "  %i = phi i64 [ 0, %entry ], [ %next, %loop ]",
        *phis,
        *steps,
        "  %next = add nuw nsw i64 %i, 1",
        "  %more = icmp ult i64 %next, %rounds",
        "  br i1 %more, label %loop, label %end",
        "end:",
        *sums,
        f"  store {kind} %s{chains - 1}, ptr %numbers, align 8",
        "  ret void",
        "}",
    ]
    return "\n".join(lines)
