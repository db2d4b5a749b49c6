"""Whether two samples of texts are spread alike, by the runs of letters in them; the only home of numpy."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from pytest_goldenprompt.judge.gaps import Pool
from pytest_goldenprompt.judge.two_samples import Tested

LETTERS = 3
BUCKETS = 2048
LOOKED_AT = 4_000
DIGITS = 12
"""Decimals that are the same on every machine, and for equal samples."""


def discrepancy(texts: Sequence[str], golden: int, pool: Pool, dealt: Sequence[int]) -> Tested | None:
    """Compare two samples of texts by the maximum mean discrepancy (Gretton et al. 2012), squared, biased form.

    Two texts are as alike as the cosine of the counts of their runs of three letters; p is by dealing anew. The bits of
    `golden` and of each deal are places in `texts`. None where numpy is not installed.
    """
    try:
        import numpy as np  # noqa: PLC0415 - an extra
    except ImportError:
        return None
    counts = np.zeros((len(texts), BUCKETS), dtype=np.float64)
    for place, text in enumerate(texts):
        for run, number in _runs(text).items():
            counts[place, _bucket(run)] += number
    lengths = np.linalg.norm(counts, axis=1, keepdims=True)
    counts /= np.where(lengths > 0.0, lengths, 1.0)
    width = (pool.size + 7) // 8
    packed = np.frombuffer(b"".join(deal.to_bytes(width, "little") for deal in (golden, *dealt)), dtype=np.uint8)
    is_golden = np.unpackbits(packed.reshape(-1, width), axis=1, count=pool.size, bitorder="little")
    weights = np.where(is_golden, 1.0 / pool.golden, -1.0 / pool.production)
    mean_differences = weights @ counts
    squared: Any = np.round(np.einsum("ij,ij->i", mean_differences, mean_differences), DIGITS)
    as_great = int((squared[1:] >= squared[0]).sum())
    return Tested(float(squared[0]), (1 + as_great) / (1 + len(dealt)))


def _runs(text: str) -> Counter[str]:
    spaced = " ".join(text[:LOOKED_AT].casefold().split())
    return Counter(spaced[at : at + LETTERS] for at in range(max(1, len(spaced) - LETTERS + 1)))


@lru_cache(maxsize=65536)
def _bucket(run: str) -> int:
    """Give a run's place; the same in every process."""
    digest = hashlib.blake2b(run.encode("utf-8", "surrogatepass"), digest_size=4).digest()
    return int.from_bytes(digest, "little") % BUCKETS
