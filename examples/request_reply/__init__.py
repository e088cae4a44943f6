"""A client asks, a server answers: REQ and REP."""
