"""A broker that keeps messages, in memory or on a disk; a sender and a receiver that trust it."""
