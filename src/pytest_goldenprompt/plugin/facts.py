"""What is known of a run apart from its results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pytest_goldenprompt.model.record import RunKind
from pytest_goldenprompt.model.values import JSON


@dataclass
class Facts:
    """What is known of a run apart from its results."""

    id: str
    kind: RunKind
    month: str
    started: datetime
    commit: str | None
    dirty: bool | None
    tool: str
    policy_digest: str
    policy: Mapping[str, JSON]
    proposed: Mapping[str, JSON] = field(default_factory=dict)
    moved: tuple[tuple[str, str, str], ...] = ()
    info: dict[str, JSON] = field(default_factory=dict)
    shard: tuple[int, int] | None = None
    stopped: tuple[str, ...] = ()
