"""The code that runs in the reader's browser, and what builds it."""
