"""The two languages: what instruments print, and the words that lessons give to pictures."""
