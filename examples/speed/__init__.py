"""How fast: the same work by raw sockets, by pyzmq in two styles, by purezmq, and in C."""
