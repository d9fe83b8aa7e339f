"""Performance estimation and the exact engines stand on the same side of the truth."""

from __future__ import annotations

import pytest

from tests.calibration.textbook import FALSE, TRUE
from tests.quality.compare_pep import INSTANCES, Instance, compare

pytestmark = [pytest.mark.nightly, pytest.mark.filterwarnings("ignore")]


@pytest.mark.parametrize("instance", INSTANCES, ids=lambda instance: instance.id)
def test_all_are_on_the_side_of_the_truth(instance: Instance) -> None:
    pytest.importorskip("PEPit")
    pytest.importorskip("autolyap")
    row = compare(instance)
    assert all(answer.holds is (row.id in TRUE) for answer in row.tools.values())
    assert row.verdict == ("refuted" if row.id in FALSE else "proved")
