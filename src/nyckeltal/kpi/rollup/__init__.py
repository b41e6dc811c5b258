"""Day-level sums kept beside the contacts, and when a question may use them: the same figures, sooner."""
