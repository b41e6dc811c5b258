"""The API: what pages tell people, told to programs, by the same rules."""
