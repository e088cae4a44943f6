"""One office, and workers that may be its threads, processes beside it, or on another machine."""
