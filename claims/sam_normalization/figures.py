"""The figures of the paper as experiments: what the text says that each one shows.  They get outcomes, not verdicts."""

from __future__ import annotations

from claims.sam_normalization.setting import paper
from verify.statement.claim import Claim


def _figure(number: int, place: str, title: str, words: str, uses: list[str]) -> Claim:
    return Claim(
        f"figure-{number}",
        title=title,
        source=paper.at(f"Figure {number}, {place}", words),
        kind="experiment",
        uses=uses,
    )


CLAIMS = [
    _figure(
        1,
        "Section 1.1",
        "Matrix sensing, early stage: SAM behaves like GD for every rho, USAM diverges even with a small rho",
        "SAM has very similar behavior to GD, whereas USAM diverges even with a small rho",
        ["theorem-1.sam", "theorem-1.usam"],
    ),
    _figure(
        2,
        "Section 1.1",
        "Matrix sensing, near the minima: SAM keeps decreasing the test loss for every rho; GD and USAM stop",
        "USAM and GD both converge to a minimum and do not move further; on the other hand, SAM keeps",
        ["theorem-4.3", "theorem-5.2"],
    ),
    _figure(
        3,
        "Section 2.3",
        "CNN and FCN, early stage: the stability of SAM is not sensitive to rho, while USAM diverges easily",
        "the stability of SAM is not sensitive to the choice of rho, while USAM diverges easily",
        ["theorem-1.sam", "theorem-1.usam", "theorem-2.sam", "theorem-2.usam"],
    ),
    _figure(
        4,
        "Section 3.1",
        "Trajectories on l(xy): SAM moves along the minimizers to the origin, GD and USAM stop on the axis",
        "SAM keeps moving along the manifold of minimizers (i.e., the y-axis) until the origin",
        ["table-1.gd", "table-1.sam", "table-1.usam"],
    ),
    _figure(
        5,
        "Section 3.3",
        "ResNet18 from a bad minimum: GD stays, SAM drifts at full training accuracy, USAM stays or leaves",
        "GD gets stuck at this adversarial minimum; SAM keeps drifting while staying close to the manifold",
        ["theorem-6", "theorem-48"],
    ),
    _figure(
        6,
        "Section 4",
        "Sparse coding with GD: only a large eta learns a negative bias and a better accuracy",
        "GD with larger eta learns more negative bias, which leads to better test accuracy",
        [],
    ),
    _figure(
        7,
        "Section 4",
        "Sparse coding, eta varied: the bias of SAM is negative enough for every eta, that of USAM is not",
        "no matter what eta is chosen for SAM, bias is negative enough and ensures better generalization",
        ["theorem-4.3", "theorem-5.2"],
    ),
    _figure(
        8,
        "Appendix B.1",
        "ResNet18 from a full-batch minimum: USAM gets stuck, SAM keeps increasing its test accuracy",
        "USAM still gets stuck at the full-batch checkpoint, while SAM keeps increasing its test accuracy",
        ["theorem-6", "theorem-48"],
    ),
    _figure(
        9,
        "Appendix B.2",
        "Sparse coding, rho varied: SAM works for every rho; USAM does little, something, or diverges",
        "different hyper-parameters all keep decreasing the bias; for large rho = 0.5, USAM diverges",
        ["theorem-1.usam"],
    ),
]

_HERE = "claims.sam_normalization.experiments"
#: What runs each figure; imported only then, since some need torch.
EXPERIMENTS = {
    "figure-1": f"{_HERE}.matrix_sensing:figure_1",
    "figure-2": f"{_HERE}.matrix_sensing:figure_2",
    "figure-3": f"{_HERE}.early_stage:figure_3",
    "figure-4": f"{_HERE}.trajectories:figure_4",
    "figure-5": f"{_HERE}.near_minima:figure_5",
    "figure-6": f"{_HERE}.sparse_coding:figure_6",
    "figure-7": f"{_HERE}.sparse_coding:figure_7",
    "figure-8": f"{_HERE}.near_minima:figure_8",
    "figure-9": f"{_HERE}.sparse_coding:figure_9",
}
