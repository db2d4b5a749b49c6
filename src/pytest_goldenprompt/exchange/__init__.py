"""Golden sets carried over from and to other tools, with a list of what could not be carried."""
