"""Providers: a request becomes an output, one provider a file; network clients are imported inside."""
