"""Lessons: read, run, translate, localise."""
