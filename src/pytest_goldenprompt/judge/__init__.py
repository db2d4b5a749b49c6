"""The verbs: pure functions from model to model; no clock, no I/O, no unseeded randomness."""
