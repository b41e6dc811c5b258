"""How facts come in: readers of tables and of systems, the mapping file, and loading."""
