"""A service that takes its messages from a list in Redis and appends them to another.

The list of a service bears its name. Redis can't write into the path that it had a message in hand,
so who takes one from it does.

For the whitepaper "Broker vs. Brokerless". The other side is redis_server.py. The chain: --name A
--first --to B, then B, C, and D --last.
"""

import time
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from examples.brokerless._chain import NUMBER, Service, goes, has
from zmqlab.run.role import Role

role = Role("redis-client", __doc__, connect="tcp://127.0.0.1:6379")
service = Service(role)
role.option("--to", default="C", help="whose list to append messages to (default: C)")


def main() -> None:
    """Connect, then take, hand on, and take the next."""
    name, options = service.begin(), role.options
    (endpoint,) = role.connect
    host, _, port = endpoint.removeprefix("tcp://").rpartition(":")
    once = Retry(NoBackoff(), 0)  # put and take try again by themselves
    with redis.Redis(host, int(port), retry=once) as store:
        role.ready(endpoint)
        for message in service.make() if options.first else ():
            service.tell(f"sent {int(message[NUMBER])}")
            goes(message, endpoint)
            put(store, options.to, message)
            service.tell(f"kept {int(message[NUMBER])}")
        if options.first:
            service.end()
            print("no more to send")

        done = bool(options.first)
        while not done:
            message = take(store, name)
            has(message, "redis")
            goes(message, endpoint)
            has(message, name)
            if options.last:
                done = service.arrived(message)
            else:
                goes(message, endpoint)
                put(store, options.to, message)
        service.end()


def put(store: redis.Redis, name: str, message: list[bytes]) -> None:
    """Append to a list, again and again while Redis is away."""
    while True:
        try:
            store.rpush(name, b"\n".join(message))  # returns when Redis has it
        except redis.ConnectionError:
            time.sleep(0.1)
        else:
            return


def take(store: redis.Redis, name: str) -> list[bytes]:
    """Take the first of a list, as soon as there is one; Redis forgets it at once."""
    while True:
        try:
            found: Any = store.blpop([name], timeout=1)
        except redis.ConnectionError:
            time.sleep(0.1)
        else:
            if found:
                message: list[bytes] = found[1].split(b"\n", 3)
                return message


if __name__ == "__main__":
    role.run(main)
