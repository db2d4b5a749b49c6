"""Many tests at once: the procedure of Benjamini and Hochberg 1995."""

from __future__ import annotations

from collections.abc import Iterable


def discoveries(p_values: Iterable[float], level: float) -> tuple[int, float]:
    """Give how many p-values are found at this false discovery rate, and the greatest p-value that would be.

    Without a discovery the threshold is -1, which no p-value meets.
    """
    ordered = sorted(p_values)
    for rank in range(len(ordered), 0, -1):
        threshold = level * rank / len(ordered)
        if ordered[rank - 1] <= threshold:
            return rank, threshold
    return 0, -1.0
