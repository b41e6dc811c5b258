"""One contact's story."""
