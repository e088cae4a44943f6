"""Reliability at the edges: a switch that remembers nothing, a sender and a receiver that do."""
