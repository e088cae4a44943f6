"""What programs that were written for pyzmq expect, beyond sending and receiving.

    constants  names and numbers        errors are in `purezmq.errors`
    message    frames as objects
    forms      text, JSON and pickled objects
    poller     waiting for several sockets
    monitor    what happens to connections
    zap        asking who may come in
    proxy      everything from one side to the other
    standin    `import zmq` means `purezmq`

Nothing here imports `purezmq.asyncio`: what a module needs of a socket, it says in a Protocol.
"""
