"""A ventilator hands out tasks, workers do them, a sink collects the results: PUSH and PULL."""
