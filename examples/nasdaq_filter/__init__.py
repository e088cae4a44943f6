"""A filter takes what it wants from two remote publishers and publishes it again, locally."""
