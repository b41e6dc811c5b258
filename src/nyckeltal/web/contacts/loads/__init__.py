"""Files that come in: received, their columns understood, loaded by the worker, told, mended and taken back."""
