"""The simulated organisation: its queue, people and customers, and the truths that were put in."""
