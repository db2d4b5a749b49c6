"""`goldenprompt fsck`: what of a store is damaged, and what is lost by it."""

from __future__ import annotations

import argparse

from pytest_goldenprompt.cli.place import store_of
from pytest_goldenprompt.judge.reasons import counted
from pytest_goldenprompt.store.checking import Damage, check

SOUND, DAMAGED = 0, 6


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments: none."""


def run(options: argparse.Namespace) -> int:
    """Look at everything; 6 where anything is damaged."""
    store = store_of(options)
    found = list(check(store))
    for damage in found:
        print(_told(damage))
    if found:
        print(f"{store.name}: {len(found)} damaged")
        return DAMAGED
    print(f"{store.name}: sound: {counted(len(store.runs()), 'run')}, {_moves(len(store.log()))}")
    return SOUND


def _moves(number: int) -> str:
    return f"{number} move{'s' * (number != 1)} of pointers"


def _told(damage: Damage) -> str:
    names = f" ({', '.join(damage.names)})" if damage.names else ""
    run = f" of run {damage.run}{names}" if damage.run else ""
    return f"damaged {damage.part}{run}: {damage.why}\nlost    {damage.lost}"
