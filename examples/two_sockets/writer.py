"""Write letters as fast as the mailer's queue takes them, then end.

Lesson 06. The other sides are mailer.py and office.py, beside this file.
"""

import zmq

from zmqlab.run.role import Role, positive

role = Role("writer", __doc__, bind="tcp://127.0.0.1:5557")
role.option("--letters", type=positive, default=200, help="how many (default: 200)")


def main() -> None:
    """Bind, and send every letter; with nobody there, the first one waits."""
    with zmq.Context() as context, context.socket(zmq.PUSH) as letters:
        letters.linger = 0  # at a Ctrl-C, do not wait for a mailer that is not there
        endpoints = []
        for endpoint in role.bind:
            letters.bind(endpoint)
            endpoints.append(letters.get_string(zmq.LAST_ENDPOINT))  # the real port, if * was asked
        role.ready(*endpoints)

        for number in range(1, role.options.letters + 1):
            letters.send_string(f"letter {number}")
        print(f"{role.options.letters} letters written")
        letters.linger = -1  # a clean end waits until all have left


if __name__ == "__main__":
    role.run(main)
