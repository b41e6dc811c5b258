"""One folder per system that nyckeltal reads without a mapping; found by scan, they do not know each other."""
