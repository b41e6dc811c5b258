"""The Django side: the same nouns as the core, stored and shown."""
