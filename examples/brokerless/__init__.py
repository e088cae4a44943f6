"""A chain of services A, B, C, D, built in five ways, from a hub to no broker at all."""
