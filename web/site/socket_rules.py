"""What each socket type does: the one table, for the pages about sockets and for the tests.

The pages in ``guide_*/sockets/`` show it (`web.site.sockets`). Each rule names the tests in
``tests/purezmq/conformance`` that show it on libzmq and on `purezmq`; ``test_rules.py`` there
holds that they exist, and those of them that no other file has. Nothing is imported but the
standard library.
"""

from __future__ import annotations

from typing import NamedTuple


class Words(NamedTuple):
    """A text in both languages."""

    en: str
    ko: str


class Rule(NamedTuple):
    """When a socket waits or a message is lost, and the tests that show it.

    Attributes
    ----------
    tests : tuple of str
        Each as ``file.test``, without what all files and all tests begin with.
    """

    tests: tuple[str, ...]
    en: str
    ko: str


class Socket(NamedTuple):
    """A socket type.

    Attributes
    ----------
    peers : tuple of str
        The types at the other end.
    send, receive, envelope : Words
        To whom a message goes, from whom one comes, which frames are added and taken away.
    full : Words
        What `send()` does while nobody can take the message, in a word or two.
    picture : tuple of str
        The connections of its picture, as `zmqlab.draw.ideas.idea` reads them.
    blocks, loses : tuple of Rule
    options : tuple of str
        Those that change what this type does.
    rfc : int
    """

    peers: tuple[str, ...]
    send: Words
    receive: Words
    envelope: Words
    full: Words
    picture: tuple[str, ...]
    blocks: tuple[Rule, ...]
    loses: tuple[Rule, ...]
    options: tuple[str, ...]
    rfc: int


NOTHING_SENT = Words("It can't send: `ENOTSUP`.", "보낼 수 없음(`ENOTSUP` 오류)")
NOTHING_RECEIVED = Words("It can't receive: `ENOTSUP`.", "받을 수 없음(`ENOTSUP` 오류)")
WAITS = Words("waits", "기다림")
DROPS = Words("drops the message", "메시지를 버림")
DROPS_FOR_ONE = Words("drops, for the slow subscriber alone", "느린 구독자에게 갈 것만 버림")
NEVER_SENDS = Words("", "")
NO_ENVELOPE = Words("None: the frames arrive as they were sent.", "없음. 보낸 프레임 그대로 도착함")
FAIR = Words("From all peers in turn (fair-queueing).", "모든 피어에게서 돌아가며 받음(공정 큐잉)")
TURNS = Words(
    "To the next peer that has room, in turn (round-robin).",
    "자리가 있는 다음 피어에게 돌아가며 보냄(라운드 로빈)",
)

NOBODY_SENT = Rule(
    ("rules.receiving_waits",),
    "`recv()` waits until a message is there, without a limit unless `RCVTIMEO` sets one.",
    "`recv()`는 메시지가 올 때까지 기다립니다. `RCVTIMEO`로 제한 시간을 두지 않으면 계속 "
    "기다립니다.",
)
LINGER = Rule(
    ("sockets.linger_zero_drops",),
    "It is closed with `LINGER` 0, or its time of lingering is over, while messages still wait.",
    "보낼 메시지가 남아 있는데 `LINGER`를 0으로 하고 소켓을 닫거나, 종료 대기 시간이 다 지나면 "
    "그 메시지를 버립니다.",
)
WITH_THE_PEER = Rule(
    ("rules.what_waits_for_a_peer_goes_with_it",),
    "A peer that had connected to this socket goes: what waited for it goes too, and no other "
    "peer gets it.",
    "연결해 온 피어가 사라지면 그 피어 앞으로 쌓여 있던 메시지도 함께 사라집니다. 다른 피어에게 "
    "넘어가지 않습니다.",
)
NO_ROOM = Rule(
    ("rules.sending_waits_for_a_peer_and_for_room",),
    "`send()` waits while there is no peer, or while the queues of all peers are full. A peer "
    "that this socket connects to counts as one from `connect()` on, even before it exists.",
    "피어가 하나도 없거나 모든 피어의 큐가 가득 차 있으면 `send()`가 멈춰 기다립니다. 이쪽에서 "
    "`connect()`를 호출한 상대는 아직 떠 있지 않아도 피어로 칩니다.",
)
CLOSED_WITH_MESSAGES = Rule(
    ("rules.what_came_is_lost_with_the_socket",),
    "It is closed, or its process dies, while received messages still wait in its queue. "
    "`LINGER` is about sending and doesn't help here.",
    "받아 두고 아직 읽지 않은 메시지가 있는데 소켓을 닫거나 프로세스가 죽으면 그 메시지를 "
    "잃습니다. `LINGER`는 보내는 쪽의 옵션이라 도움이 되지 않습니다.",
)
UNWANTED = Rule(
    ("publish_subscribe.a_prefix_of_the_first_frame_decides",),
    "No subscription is a prefix of the message's first frame. Without a subscription at all "
    "nothing goes out.",
    "메시지의 첫 프레임이 구독한 접두사 가운데 어느 것으로도 시작하지 않으면 버립니다. 구독이 "
    "하나도 없으면 아무것도 나가지 않습니다.",
)
TOO_EARLY = Rule(
    ("rules.what_was_published_before_the_subscription_is_lost",),
    "It was published before the subscription had arrived (the slow joiner).",
    "구독이 도착하기 전에 발행한 메시지는 버립니다(늦은 접속 문제).",
)
SLOW = Rule(
    ("publish_subscribe.pub_drops_for_the_full_one_only",),
    "A subscriber's queue is full: its copies are dropped, those of the others are not.",
    "구독자의 큐가 가득 차면 그 구독자에게 갈 메시지만 버립니다. 다른 구독자는 그대로 받습니다.",
)
NODROP = Rule(
    ("publish_subscribe.nodrop_says_that_there_is_no_room",),
    "Only with `XPUB_NODROP`: `send()` then waits for the slowest subscriber.",
    "`XPUB_NODROP`을 켰을 때만 그렇습니다. 이때 `send()`는 가장 느린 구독자를 기다립니다.",
)
NEVER_PUB = Rule(
    ("publish_subscribe.pub_never_waits",),
    "`send()` never waits: not without subscribers, and not for a full one.",
    "`send()`는 기다리지 않습니다. 구독자가 없어도, 큐가 가득 찬 구독자가 있어도 바로 끝납니다.",
)
DURING_A_BREAK = Rule(
    ("rules.what_was_published_during_a_break_is_lost",),
    "It was published while the connection was down. The subscription comes back by itself, the "
    "messages don't.",
    "연결이 끊긴 동안 발행된 메시지는 받지 못합니다. 구독은 저절로 되살아나지만 메시지는 "
    "되살아나지 않습니다.",
)

SOCKETS = {
    "REQ": Socket(
        peers=("REP", "ROUTER"),
        send=Words(
            "To the next peer in turn (round-robin), one request at a time.",
            "다음 피어에게 돌아가며 보냄(라운드 로빈). 한 번에 요청 하나",
        ),
        receive=Words(
            "Only the reply of the peer that was asked; then the next request may go.",
            "요청을 보낸 피어의 응답만 받음. 받아야 다음 요청을 보낼 수 있음",
        ),
        envelope=Words(
            "`send()` puts an empty frame in front, `recv()` takes it away.",
            "`send()`가 맨 앞에 빈 프레임을 붙이고 `recv()`가 떼어 냄",
        ),
        full=WAITS,
        picture=(
            "client REQ -> one REP at tcp://HOST:1",
            "client REQ -> two REP at tcp://HOST:2",
        ),
        blocks=(
            Rule(
                ("request_reply.req_waits_for_a_peer",),
                "`send()` waits while there is no peer. A server that it connects to counts as "
                "one from `connect()` on, even before it exists.",
                "피어가 하나도 없으면 `send()`가 멈춰 기다립니다. 이쪽에서 `connect()`를 호출한 "
                "서버는 아직 떠 있지 않아도 피어로 칩니다.",
            ),
            Rule(
                ("request_reply.req_goes_on_waiting_when_its_peer_left",),
                "`recv()` waits for the reply, also when the server has died with the request. "
                "Without `RCVTIMEO` or a poll it waits for ever.",
                "`recv()`는 응답을 기다립니다. 서버가 요청을 받은 채 죽어도 기다리므로, "
                "`RCVTIMEO`를 두거나 폴링하지 않으면 영원히 기다립니다.",
            ),
        ),
        loses=(
            Rule(
                ("request_reply.req_goes_on_waiting_when_its_peer_left",),
                "The server dies with the request in its hands. Nobody asks again.",
                "서버가 요청을 받은 채 죽으면 요청이 사라집니다. 소켓이 대신 다시 묻지는 "
                "않습니다.",
            ),
            Rule(
                ("request_reply.req_hears_only_the_peer_it_asked",),
                "A message comes from a peer that was not asked: it is dropped without a word.",
                "요청을 보내지 않은 피어가 보낸 메시지는 아무 알림 없이 버립니다.",
            ),
            Rule(
                ("request_reply.req_drops_what_is_not_an_answer",),
                "A reply has no empty frame in front. Only a ROUTER can send one.",
                "빈 프레임으로 시작하지 않는 응답은 버립니다. 이런 응답은 ROUTER 소켓만 보낼 수 "
                "있습니다.",
            ),
            Rule(
                ("request_reply.correlation_drops_an_answer_to_another_request",),
                "With `REQ_CORRELATE`, a reply belongs to an earlier request.",
                "`REQ_CORRELATE`를 켜면 앞선 요청에 대한 늦은 응답을 버립니다.",
            ),
        ),
        options=("RCVTIMEO", "REQ_RELAXED", "REQ_CORRELATE", "LINGER", "ROUTING_ID", "IMMEDIATE"),
        rfc=28,
    ),
    "REP": Socket(
        peers=("REQ", "DEALER"),
        send=Words(
            "To the peer whose request was received last.",
            "마지막으로 받은 요청을 보낸 피어에게 보냄",
        ),
        receive=FAIR,
        envelope=Words(
            "`recv()` keeps all frames up to the empty one, `send()` puts them in front of the "
            "reply.",
            "`recv()`가 빈 프레임까지의 프레임을 모두 떼어 보관하고 `send()`가 응답 앞에 다시 "
            "붙임",
        ),
        full=DROPS,
        picture=(
            "ann REQ -> server REP at tcp://*:5555",
            "ben REQ -> server REP at tcp://*:5555",
        ),
        blocks=(
            NOBODY_SENT,
            Rule(
                ("request_reply.rep_drops_the_answer_to_one_who_left",),
                "`send()` never waits: if the client is gone or has no room, the reply is dropped.",
                "`send()`는 기다리지 않습니다. 클라이언트가 사라졌거나 큐에 자리가 없으면 응답을 "
                "버립니다.",
            ),
        ),
        loses=(
            Rule(
                ("request_reply.rep_drops_the_answer_to_one_who_left",),
                "The client left before its reply: the reply is dropped, and `send()` succeeds.",
                "응답하기 전에 클라이언트가 떠나면 응답을 버립니다. 그래도 `send()`는 "
                "성공합니다.",
            ),
            Rule(
                ("request_reply.rep_drops_what_has_no_envelope",),
                "A request has no empty frame. A DEALER that forgets it gets no reply, and no "
                "error.",
                "빈 프레임이 없는 요청은 버립니다. DEALER 소켓에서 빈 프레임을 빠뜨리면 응답도 "
                "오류도 오지 않습니다.",
            ),
            CLOSED_WITH_MESSAGES,
        ),
        options=("RCVTIMEO", "LINGER", "RCVHWM", "MAXMSGSIZE"),
        rfc=28,
    ),
    "DEALER": Socket(
        peers=("REP", "DEALER", "ROUTER"),
        send=TURNS,
        receive=FAIR,
        envelope=Words(
            "None. For a REP the program sends the empty frame itself, and finds it in the reply.",
            "없음. REP 소켓에 보낼 때는 프로그램이 빈 프레임을 직접 넣고, 응답에서도 직접 떼어 냄",
        ),
        full=WAITS,
        picture=(
            "client DEALER -> one REP at tcp://HOST:1",
            "client DEALER -> two REP at tcp://HOST:2",
        ),
        blocks=(NO_ROOM, NOBODY_SENT),
        loses=(WITH_THE_PEER, CLOSED_WITH_MESSAGES, LINGER),
        options=(
            "ROUTING_ID", "SNDHWM", "RCVHWM", "IMMEDIATE", "PROBE_ROUTER", "CONFLATE", "LINGER",
        ),
        rfc=28,
    ),
    "ROUTER": Socket(
        peers=("REQ", "DEALER", "ROUTER"),
        send=Words(
            "To the peer whose routing id is the first frame.",
            "첫 프레임에 적힌 라우팅 ID의 피어에게 보냄",
        ),
        receive=FAIR,
        envelope=Words(
            "`recv()` puts the sender's routing id in front, `send()` takes the first frame away.",
            "`recv()`가 보낸 피어의 라우팅 ID를 맨 앞에 붙이고 `send()`가 첫 프레임을 떼어 냄",
        ),
        full=Words(
            "drops, or raises with `ROUTER_MANDATORY`", "버림. `ROUTER_MANDATORY`를 켜면 예외 발생"
        ),
        picture=(
            "ann REQ -> router ROUTER at tcp://*:5555",
            "ben DEALER -> router ROUTER at tcp://*:5555",
        ),
        blocks=(
            Rule(
                ("request_reply.mandatory_waits_for_a_full_peer",),
                "`send()` waits only with `ROUTER_MANDATORY`, for a peer whose queue is full.",
                "`ROUTER_MANDATORY`를 켰을 때만 `send()`가 기다립니다. 받을 피어의 큐가 가득 "
                "차 있으면 자리가 날 때까지 기다립니다.",
            ),
            NOBODY_SENT,
        ),
        loses=(
            Rule(
                ("request_reply.router_drops_for_one_it_does_not_know",),
                "The first frame names nobody: a peer that has not come yet, or has left. With "
                "`ROUTER_MANDATORY` that raises `EHOSTUNREACH` instead.",
                "첫 프레임에 적힌 피어가 아직 오지 않았거나 이미 떠났으면 메시지를 버립니다. "
                "`ROUTER_MANDATORY`를 켜면 버리는 대신 `EHOSTUNREACH` 오류가 발생합니다.",
            ),
            Rule(
                ("request_reply.router_drops_for_a_full_peer",),
                "The queue of that peer is full.",
                "받을 피어의 큐가 가득 차 있으면 메시지를 버립니다.",
            ),
            Rule(
                ("request_reply.a_name_belongs_to_the_first_who_brings_it",),
                "A second peer brings a routing id that another one holds: it is not heard, "
                "unless `ROUTER_HANDOVER` gives it the name.",
                "다른 피어가 이미 쓰는 라우팅 ID로 연결해 온 피어의 메시지는 받지 않습니다. "
                "`ROUTER_HANDOVER`를 켜면 나중에 온 피어가 그 이름을 이어받습니다.",
            ),
            CLOSED_WITH_MESSAGES,
        ),
        options=(
            "ROUTER_MANDATORY", "ROUTER_HANDOVER", "ROUTING_ID", "CONNECT_ROUTING_ID",
            "PROBE_ROUTER", "SNDHWM", "RCVHWM", "LINGER",
        ),
        rfc=28,
    ),
    "PUB": Socket(
        peers=("SUB", "XSUB"),
        send=Words(
            "A copy to each subscriber with a subscription that is a prefix of the first frame.",
            "첫 프레임이 구독한 접두사로 시작하는 구독자마다 하나씩 보냄",
        ),
        receive=NOTHING_RECEIVED,
        envelope=NO_ENVELOPE,
        full=DROPS_FOR_ONE,
        picture=(
            "ann SUB -> feed PUB at tcp://*:5556",
            "ben SUB -> feed PUB at tcp://*:5556",
        ),
        blocks=(NEVER_PUB, NODROP),
        loses=(UNWANTED, TOO_EARLY, SLOW, LINGER),
        options=("SNDHWM", "XPUB_NODROP", "CONFLATE", "INVERT_MATCHING", "LINGER"),
        rfc=29,
    ),
    "SUB": Socket(
        peers=("PUB", "XPUB"),
        send=NOTHING_SENT,
        receive=FAIR,
        envelope=NO_ENVELOPE,
        full=NEVER_SENDS,
        picture=(
            "reader SUB -> news PUB at tcp://HOST:1",
            "reader SUB -> weather PUB at tcp://HOST:2",
        ),
        blocks=(NOBODY_SENT,),
        loses=(
            UNWANTED,
            TOO_EARLY,
            DURING_A_BREAK,
            Rule(
                ("publish_subscribe.pub_drops_for_the_full_one_only",),
                "It reads too slowly: when both queues are full, the publisher drops.",
                "너무 느리게 읽어서 양쪽 큐가 가득 차면 발행자가 메시지를 버립니다.",
            ),
            Rule(
                ("publish_subscribe.conflate_keeps_the_last_that_came",),
                "With `CONFLATE`, a newer message has come: only the last one is kept.",
                "`CONFLATE`를 켜면 새 메시지가 올 때마다 앞선 메시지를 버리고 마지막 것만 "
                "남깁니다.",
            ),
            CLOSED_WITH_MESSAGES,
        ),
        options=("SUBSCRIBE", "UNSUBSCRIBE", "RCVHWM", "CONFLATE", "RCVTIMEO", "HEARTBEAT_IVL"),
        rfc=29,
    ),
    "XPUB": Socket(
        peers=("SUB", "XSUB"),
        send=Words(
            "As PUB: a copy to each subscriber that asked for it.",
            "PUB 소켓과 같음. 구독한 구독자마다 하나씩 보냄",
        ),
        receive=Words(
            "Subscriptions: `01` and the prefix for a new one, `00` and the prefix for one that "
            "ended.",
            "구독을 받음. 새 구독은 `01`과 접두사, 끝난 구독은 `00`과 접두사",
        ),
        envelope=NO_ENVELOPE,
        full=DROPS_FOR_ONE,
        picture=(
            "ann SUB -> proxy XPUB at tcp://*:5556",
            "ben SUB -> proxy XPUB at tcp://*:5556",
        ),
        blocks=(
            Rule(
                ("rules.receiving_waits",),
                "`recv()` waits until somebody subscribes or unsubscribes.",
                "`recv()`는 누군가 구독하거나 구독을 취소할 때까지 기다립니다.",
            ),
            NEVER_PUB,
            NODROP,
        ),
        loses=(
            UNWANTED,
            TOO_EARLY,
            SLOW,
            Rule(
                ("publish_subscribe.manual_subscriptions",),
                "With `XPUB_MANUAL`, a subscription was read but not set with `subscribe()`.",
                "`XPUB_MANUAL`을 켜고 구독을 읽기만 하고 `subscribe()`로 등록하지 않으면 그 "
                "구독자에게 아무것도 가지 않습니다.",
            ),
        ),
        options=(
            "XPUB_VERBOSE", "XPUB_VERBOSER", "XPUB_MANUAL", "XPUB_WELCOME_MSG", "XPUB_NODROP",
            "SNDHWM",
        ),
        rfc=29,
    ),
    "XSUB": Socket(
        peers=("PUB", "XPUB"),
        send=Words(
            "Subscriptions, to all publishers; anything else goes to all of them too.",
            "구독을 모든 발행자에게 보냄. 구독이 아닌 메시지도 모두에게 감",
        ),
        receive=FAIR,
        envelope=NO_ENVELOPE,
        full=DROPS,
        picture=(
            "proxy XSUB -> news PUB at tcp://HOST:1",
            "proxy XSUB -> weather PUB at tcp://HOST:2",
        ),
        blocks=(
            NOBODY_SENT,
            Rule(
                ("rules.an_xsub_never_waits_to_send",),
                "`send()` never waits.",
                "`send()`는 기다리지 않습니다.",
            ),
        ),
        loses=(
            Rule(
                ("rules.an_xsub_never_waits_to_send",),
                "A message that is no subscription is sent while no publisher is there. A "
                "subscription is kept, and said to publishers that come later.",
                "발행자가 없을 때 보낸, 구독이 아닌 메시지는 버립니다. 구독은 간직해 두었다가 "
                "나중에 온 발행자에게 전합니다.",
            ),
            TOO_EARLY,
            DURING_A_BREAK,
            CLOSED_WITH_MESSAGES,
        ),
        options=("RCVHWM", "SNDHWM", "LINGER"),
        rfc=29,
    ),
    "PUSH": Socket(
        peers=("PULL",),
        send=TURNS,
        receive=NOTHING_RECEIVED,
        envelope=NO_ENVELOPE,
        full=WAITS,
        picture=(
            "ann PULL -> jobs PUSH at tcp://*:5557",
            "ben PULL -> jobs PUSH at tcp://*:5557",
        ),
        blocks=(NO_ROOM,),
        loses=(WITH_THE_PEER, LINGER),
        options=("SNDHWM", "SNDTIMEO", "IMMEDIATE", "CONFLATE", "LINGER"),
        rfc=30,
    ),
    "PULL": Socket(
        peers=("PUSH",),
        send=NOTHING_SENT,
        receive=FAIR,
        envelope=NO_ENVELOPE,
        full=NEVER_SENDS,
        picture=(
            "ann PUSH -> sink PULL at tcp://*:5558",
            "ben PUSH -> sink PULL at tcp://*:5558",
        ),
        blocks=(NOBODY_SENT,),
        loses=(
            CLOSED_WITH_MESSAGES,
            Rule(
                ("publish_subscribe.conflate_keeps_the_last_of_a_waiting_queue",),
                "With `CONFLATE`, on either side, a newer message has come.",
                "어느 쪽에서든 `CONFLATE`를 켜면 새 메시지가 올 때 앞선 메시지를 버립니다.",
            ),
        ),
        options=("RCVHWM", "RCVTIMEO", "CONFLATE", "MAXMSGSIZE"),
        rfc=30,
    ),
    "PAIR": Socket(
        peers=("PAIR",),
        send=Words("To its one peer.", "하나뿐인 피어에게 보냄"),
        receive=Words("From its one peer.", "하나뿐인 피어에게서 받음"),
        envelope=NO_ENVELOPE,
        full=WAITS,
        picture=("worker PAIR -> main PAIR at inproc://done",),
        blocks=(
            Rule(
                ("pair.waits_for_a_peer", "pair.blocks_when_full"),
                "`send()` waits while there is no peer, or while its queue is full.",
                "피어가 없거나 피어의 큐가 가득 차 있으면 `send()`가 멈춰 기다립니다.",
            ),
            NOBODY_SENT,
        ),
        loses=(
            Rule(
                ("pair.a_second_peer_is_not_heard",),
                "A second peer connects: what it sends is lost, without an error on its side.",
                "두 번째로 연결해 온 피어가 보낸 메시지는 사라집니다. 보낸 쪽에는 오류가 나지 "
                "않습니다.",
            ),
            WITH_THE_PEER,
            CLOSED_WITH_MESSAGES,
            LINGER,
        ),
        options=("SNDHWM", "RCVHWM", "RCVTIMEO", "LINGER"),
        rfc=31,
    ),
}  # fmt: skip
"""The eleven types, in the order in which the guide shows them."""
