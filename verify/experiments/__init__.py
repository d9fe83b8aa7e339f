"""A harness for numerical experiments: seeds, effects with intervals, pass rules, controls, outcomes, pictures."""

from verify.experiments.experiment import Control as Control
from verify.experiments.experiment import Criterion as Criterion
from verify.experiments.experiment import Experiment as Experiment
from verify.experiments.experiment import Measurement as Measurement
from verify.experiments.experiment import Run as Run
from verify.experiments.experiment import Setting as Setting
from verify.experiments.harness import run as run
