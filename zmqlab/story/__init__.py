"""What follows from a stage's record: who was connected to whom, and what became of each message.

`zmqlab.story.match` finds the message of each receipt. What was never received is judged in
`zmqlab.story.judge` by what the sockets did; each fate names its ground:

==========  =================================================================================
delivered   a watched socket received it
outside     it went to a peer outside the stage, whose receipts cannot be seen
waiting     nobody was there to send it to, from the call to the picture
open        somebody was connected, nobody has received it yet
lost        it had gone to a socket that was closed without reading it (messages were there when
            it was closed, or the connection had stood for `SETTLED` seconds); or it was sent
            after its peer had been closed and before the sender's monitor noticed that; or its
            sender threw it away (closed with linger 0 before any connection); or there was nobody
            for whom its socket type would have waited (PUB without subscriber, ROUTER without
            that peer, REP whose client is gone)
refused     the call to send raised
unknown     more happened than the stage keeps
==========  =================================================================================

A story knows nothing of pictures.
"""

from __future__ import annotations

from zmqlab.story.match import fits
from zmqlab.story.model import Story
from zmqlab.story.needed import still_needed
from zmqlab.story.places import masked, reaches
from zmqlab.story.teller import tell

__all__ = ["Story", "fits", "masked", "reaches", "still_needed", "tell"]
