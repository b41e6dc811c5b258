"""The organisation as people change it: edits that are loads of their own, the rules they keep, what they change, and how it came about."""
