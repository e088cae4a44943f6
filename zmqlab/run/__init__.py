"""Programs as real processes, their roles and endpoints, and the time that things take."""
