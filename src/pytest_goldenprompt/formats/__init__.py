"""Bytes to prompts and datasets, one format a file; the only opener of input files."""
