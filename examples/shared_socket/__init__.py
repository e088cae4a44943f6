"""Threads and one socket: a program that may have to die."""
