"""A help desk: what it says of a ticket depends on the orders in its database.

`ask_model` stands for the call of a hosted model, so that the example runs without a key.
"""

from __future__ import annotations

import re
import sqlite3

KINDS = {"late": "delivery", "arrived": "delivery", "refund": "refund", "money": "refund", "password": "account"}


def ask_model(question: str) -> str:
    """Give the kind of a ticket, in one word."""
    found = [kind for word, kind in KINDS.items() if word in question.lower()]
    return found[0] if found else "other"


def open_desk(path: str) -> sqlite3.Connection:
    """Open the database of a desk; a new one has no orders."""
    database = sqlite3.connect(path)
    database.execute("create table if not exists orders (number text primary key, state text, days integer)")
    return database


def triage(database: sqlite3.Connection, ticket: str) -> dict[str, object]:
    """Say what kind of ticket this is, which order it speaks of, and how urgent it is."""
    number = re.search(r"\b[A-Z]\d{3}\b", ticket)
    order = number and database.execute("select state, days from orders where number = ?", [number[0]]).fetchone()
    return {
        "kind": ask_model(f"What is this about, in one word?\n\n{ticket}"),
        "order": number[0] if order else None,
        "urgent": bool(order and order[0] == "sent" and order[1] > 14),
    }
