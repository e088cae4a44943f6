"""A publisher tells everybody, a subscriber hears what it asked for: PUB and SUB."""
