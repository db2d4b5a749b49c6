"""A run as one HTML page that needs nothing else: no network, no library, no server."""

GENERATOR = "pytest-goldenprompt"
"""How a page says who made it."""
