"""Exercises: their checkers, found by the number of their lesson."""
