"""Long and scheduled work: what is asked for, how far it has come, and the one worker that does it."""
