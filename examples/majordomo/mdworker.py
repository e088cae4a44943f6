"""Offer a service at a broker: the reply is the request, and the worker's name after it.

Guide: mdworker. The other side is mdbroker.py. To take away: what it speaks by, in _mdwrkapi.py.
"""

import zmq

from examples.majordomo._mdwrkapi import Worker
from examples.majordomo._options import offered
from zmqlab.run.role import Role, positive, seconds

role = Role("worker", __doc__, connect="tcp://127.0.0.1:5555")
role.option("--service", type=offered, default="echo", help="its name (default: echo)")
role.option("--name", default="worker", help="say who it was in each reply (default: worker)")
role.option("--work", type=seconds, default=0, help="work so long on a request")
role.option("--interval", type=seconds, default=1, help="between heartbeats (default: 1)")
role.option("--liveness", type=positive, default=3, help="lost after N intervals (default: 3)")


def main() -> None:
    """Connect, then take a request, work on it and send the reply, again and again."""
    options = role.options
    if not options.interval:
        role.fail("--interval has to be more than 0: every peer would be silent at once", status=2)
    with zmq.Context() as context:
        endpoints = list(role.connect)
        if len(endpoints) != 1:
            role.fail("RFC 7: a worker has one broker, so --connect is needed once", status=2)
        name = options.service
        worker = Worker(context, endpoints[0], name, options.interval, options.liveness)
        role.ready(*endpoints)
        try:
            while True:
                body = worker.request()
                task = body[0].decode(errors="replace")
                print(f"task {task} taken")
                if worker.rest(options.work) and worker.reply(*body, options.name.encode()):
                    print(f"task {task} done")
        finally:
            worker.close()


if __name__ == "__main__":
    role.run(main)
