"""Many replies to each request, as fast as each client allows: DEALER, ROUTER and credit."""

from examples.table import ANY_PORT, Example, Part

EXAMPLE = Example(
    lesson="13",
    guide=("asyncsrv", "asyncsrv"),
    parts=(
        Part("server.py", arguments=("--bind", ANY_PORT, "--workers", "2")),
        Part("client.py", arguments=("--name", "alice"), connect=("server.py",), name="alice"),
        Part("client.py", arguments=("--name", "bob"), connect=("server.py",), name="bob"),
    ),
)
