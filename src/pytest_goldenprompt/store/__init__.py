"""Run records and the pointers to them, kept safely."""
