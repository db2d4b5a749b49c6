"""The nouns: frozen, slotted dataclasses of the standard library's types; no I/O, no clock, no decision."""
