"""Who is signed in, what each may see and why, and who looked at what."""
