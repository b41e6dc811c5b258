"""Changes of the stored nouns, in order."""
