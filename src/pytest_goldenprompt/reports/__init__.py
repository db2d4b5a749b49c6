"""A verdict as text for people and programs; nothing is computed here."""
