"""`purezmq.standin.install()` lets `import zmq` mean `purezmq`: see `purezmq.compat.standin`."""

from purezmq.compat.standin import install

__all__ = ["install"]
