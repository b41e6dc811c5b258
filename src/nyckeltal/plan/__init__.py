"""What is chosen: few figures, at the right level, agreed with those who answer for them, and guarded by the rules of the craft."""
