"""Data sets: digits from scikit-learn, a generated set of CIFAR-10's shape, and a user's own CIFAR-10 folder."""

from __future__ import annotations

import io
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from verify.errors import InputError
from verify.experiments.harness import require_torch

CIFAR_FOLDER = "cifar-10-batches-py"
_BATCHES = [f"data_batch_{number}" for number in range(1, 6)]
#: All that a batch file of CIFAR-10 is made of: arrays, which name these, in NumPy's old and new spelling.
_ALLOWED = {
    ("numpy.core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
    ("_codecs", "encode"),
}


@dataclass(frozen=True)
class Data:
    """Images (n x channels x height x width, standardised per channel) and their classes."""

    inputs: Any
    labels: Any
    test_inputs: Any
    test_labels: Any

    def to(self, device: str) -> Data:
        """The same on a device."""
        return Data(*(tensor.to(device) for tensor in vars(self).values()))


class _ArraysOnly(pickle.Unpickler):
    """Reads pickled arrays; a file that names anything else is refused before anything of it is run."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _ALLOWED:
            raise pickle.UnpicklingError(f"it names {module}.{name}, which no CIFAR-10 batch does")
        return super().find_class(module, name)


def _standardised(train: np.ndarray[Any, Any], test: np.ndarray[Any, Any]) -> tuple[Any, Any]:
    torch = require_torch()
    axes = (0, 2, 3)
    mean, spread = train.mean(axes, keepdims=True), train.std(axes, keepdims=True)
    first, second = (torch.tensor((part - mean) / spread, dtype=torch.float32) for part in (train, test))
    return first, second


def digits(n: int, seed: int) -> Data:
    """The 8 x 8 digits that ship with scikit-learn: ``n`` to train on, the rest to test on, split by the seed."""
    from sklearn.datasets import load_digits

    torch = require_torch()
    images, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(seed).permutation(len(images))
    images = images[order].reshape(-1, 1, 8, 8) / 16.0
    classes = torch.tensor(labels[order], dtype=torch.long)
    train, test = _standardised(images[:n], images[n:])
    return Data(train, classes[:n], test, classes[n:])


def synthetic(n: int, seed: int) -> Data:
    """Ten classes of 3 x 32 x 32 images: a smooth random prototype each, and as much noise; generated."""
    torch = require_torch()
    random = np.random.default_rng(seed)
    prototypes = np.kron(random.normal(size=(10, 3, 8, 8)), np.ones((1, 1, 4, 4)))
    labels = random.integers(0, 10, 2 * n)
    images = prototypes[labels] + random.normal(size=(2 * n, 3, 32, 32))
    train, test = _standardised(images[:n], images[n:])
    classes = torch.tensor(labels, dtype=torch.long)
    return Data(train, classes[:n], test, classes[n:])


def cifar10(folder: Path) -> Data:
    """A user's CIFAR-10, python version: the folder ``cifar-10-batches-py`` or the one that holds it.

    Raises:
        InputError: a file is missing, is no plain batch of arrays, or has other shapes.
    """
    place = folder / CIFAR_FOLDER if (folder / CIFAR_FOLDER).is_dir() else folder
    torch = require_torch()
    parts = [_batch(place / name) for name in (*_BATCHES, "test_batch")]
    train = np.concatenate([images for images, _ in parts[:-1]])
    labels = np.concatenate([classes for _, classes in parts[:-1]])
    inputs, tests = _standardised(train, parts[-1][0])
    return Data(inputs, torch.tensor(labels), tests, torch.tensor(parts[-1][1]))


def _batch(path: Path) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    try:
        found = _ArraysOnly(io.BytesIO(path.read_bytes()), encoding="bytes").load()
    except OSError as reason:
        raise InputError(f"{path} cannot be read ({reason.strerror}); --data takes the folder {CIFAR_FOLDER}") from None
    except Exception as reason:  # a broken pickle raises whatever it likes
        raise InputError(f"{path} is no batch of CIFAR-10: {reason}") from None
    images = found.get(b"data") if isinstance(found, dict) else None
    labels = found.get(b"labels") if isinstance(found, dict) else None
    if not isinstance(images, np.ndarray) or images.dtype != np.uint8 or images.ndim != 2 or images.shape[1] != 3072:
        raise InputError(f"{path} is no batch of CIFAR-10: its data must be n x 3072 bytes")
    classes = np.asarray(labels if isinstance(labels, list) else [])
    if classes.shape != (len(images),) or classes.dtype.kind != "i" or not ((classes >= 0) & (classes < 10)).all():
        raise InputError(f"{path} is no batch of CIFAR-10: it must have a label from 0 to 9 for each image")
    return images.reshape(-1, 3, 32, 32) / np.float32(255), classes.astype(np.int64)
