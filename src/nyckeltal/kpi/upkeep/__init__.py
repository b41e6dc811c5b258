"""Brings the sums that are kept by day up to the store, after every load and at night."""
