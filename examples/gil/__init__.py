"""Work that lets go of Python's global interpreter lock, and work that holds it."""
