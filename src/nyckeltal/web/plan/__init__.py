"""The plan as people make it: set up, agreed, looked at as a whole, rotated; what a plan is stands in `nyckeltal.plan`."""
