"""Writing and keeping a library: what is wrong with its files, cases from production, expectations to review."""
