"""Numbers in, numbers out: values with the interval that says how far they can be trusted. No domain words.

Every function gives None where the numbers allow no answer (nothing counted, one observation, no spread to estimate).
"""
