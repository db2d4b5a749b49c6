"""Evaluators: an output and a case become scores, one evaluator a file."""
