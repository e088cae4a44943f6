"""Commands for maintainers: set-up, bench, soak, pictures."""
