"""Where `purezmq` differs from libzmq on purpose, and why: the one list, for tests and readers.

The page "The core" shows it (`web.site.core`); `test_differences_live.py` runs each entry's tests
with both libraries, and `test_api.py` holds the lists of names. A test of the other modules may not
differ between the libraries: what does has to come here. Nothing is imported but the standard
library, so that the site reads it without pytest.
"""

from typing import NamedTuple


class Words(NamedTuple):
    """A row of the table, in one language."""

    what: str
    libzmq: str
    purezmq: str
    why: str


class Difference(NamedTuple):
    """A difference in behaviour, and the tests that show both sides of it."""

    tests: tuple[str, ...]
    en: Words
    ko: Words


class Absent(NamedTuple):
    """Names that pyzmq has and `purezmq` has not, or options that it refuses by name."""

    where: str
    names: tuple[str, ...]
    en: str
    ko: str


DIFFERENCES = (
    Difference(
        ("test_the_loop_does_the_work",),
        Words(
            "Who does the work",
            "Threads of its own: connections go on while the program computes.",
            "The event loop: while the program computes, nothing is read, sent or answered.",
            "One thread, no locks, and no step that a reader can't follow.",
        ),
        Words(
            "일하는 주체",
            "자체 I/O 스레드. 프로그램이 계산하는 동안에도 통신이 이어짐",
            "이벤트 루프. 프로그램이 계산하는 동안에는 읽기, 보내기, 응답이 모두 멈춤",
            "스레드 하나로 락 없이 동작하고, 모든 단계를 따라가며 읽을 수 있게 하려고",
        ),
    ),
    Difference(
        ("test_others_get_their_turn",),
        Words(
            "A loop whose `send()` or `recv()` never has to wait",
            "`zmq.asyncio` keeps the event loop to itself until it has to wait.",
            "Every 256th call lets the others have their turn.",
            "A busy socket must not silence the rest of the program.",
        ),
        Words(
            "`send()`, `recv()`가 한 번도 기다리지 않는 반복문",
            "`zmq.asyncio`는 기다릴 일이 생길 때까지 이벤트 루프를 내놓지 않음",
            "256번에 한 번은 다른 작업에 차례를 넘김",
            "바쁜 소켓 하나 때문에 프로그램의 나머지가 멈추지 않게 하려고",
        ),
    ),
    Difference(
        ("test_one_future_for_many",),
        Words(
            "What a `send()` that need not wait gives",
            "A Future of its own each time.",
            "One and the same Future, done already: `a is b`.",
            "A `send()` takes far less time if it need not make one.",
        ),
        Words(
            "기다릴 필요가 없는 `send()`의 반환값",
            "호출마다 새로운 Future",
            "이미 완료된 Future 하나를 늘 다시 씀(`a is b`)",
            "Future를 만들지 않으면 보내는 시간이 훨씬 짧아지므로",
        ),
    ),
    Difference(
        ("test_sockets_from_before_the_loop",),
        Words(
            "`bind()` and `connect()` before a loop runs",
            "Start at once.",
            "Start, all of a context's, when the first of its sockets is used in the loop. A "
            "program that only sleeps starts nothing.",
            "The loop does that work too.",
        ),
        Words(
            "이벤트 루프가 돌기 전의 `bind()`, `connect()`",
            "바로 시작",
            "루프 안에서 그 컨텍스트의 소켓을 하나라도 쓰면 모두 시작. `sleep()`만 하면 "
            "시작되지 않음",
            "이 일도 이벤트 루프가 하므로",
        ),
    ),
    Difference(
        ("test_a_second_loop",),
        Words(
            "The same sockets in a second loop (`asyncio.run()` twice)",
            "Work on.",
            "A socket belongs to the loop in which it was first used. To wait for it in another is "
            "a `RuntimeError` or `ValueError`.",
            "Its connections are that loop's, and end with it.",
        ),
        Words(
            "두 번째 이벤트 루프에서 쓰는 같은 소켓(`asyncio.run()`을 두 번 부를 때)",
            "그대로 동작",
            "처음 쓰인 루프에 속함. 다른 루프에서 기다리면 `RuntimeError`나 `ValueError`",
            "연결이 그 루프에 속해 루프와 함께 끝나므로",
        ),
    ),
    Difference(
        ("test_a_socket_that_nobody_holds",),
        Words(
            "A socket dropped without `close()`",
            "pyzmq closes it when it is garbage-collected.",
            "Stays open until its context ends: `close()` it, or use `with`.",
            "When connections end should not be the garbage collector's choice.",
        ),
        Words(
            "`close()` 없이 버린 소켓",
            "가비지 컬렉션 때 pyzmq가 닫음",
            "컨텍스트가 끝날 때까지 열려 있음. `close()`나 `with`로 닫아야 함",
            "연결이 끊기는 때를 가비지 컬렉터에 맡기지 않으려고",
        ),
    ),
    Difference(
        ("test_the_file_descriptor",),
        Words(
            "`FD`",
            "A descriptor to wait on.",
            "`NotImplementedError`: `await` `recv()`, `send()` or `poll()` instead.",
            "A socket has as many connections as it likes, and the loop watches them all.",
        ),
        Words(
            "`FD`",
            "기다릴 수 있는 파일 디스크립터",
            "`NotImplementedError`. 대신 `recv()`, `send()`, `poll()`을 `await`",
            "소켓 하나에 연결이 여러 개이고, 모두 이벤트 루프가 지켜보므로",
        ),
    ),
    Difference(
        ("test_term_is_awaited",),
        Words(
            "`Context.term()` and `destroy()`",
            "Block until everything has left.",
            "Return at once. Who wants to wait awaits what they return.",
            "A call that blocks would stop the loop that has to send what is left.",
        ),
        Words(
            "`Context.term()`, `destroy()`",
            "메시지가 다 나갈 때까지 블로킹",
            "바로 돌아옴. 기다리려면 반환값을 `await`",
            "블로킹하면 남은 메시지를 보낼 이벤트 루프까지 멈추므로",
        ),
    ),
    Difference(
        ("test_options_of_a_context",),
        Words(
            "Options of a context (`MAX_SOCKETS`, `IO_THREADS`...)",
            "In force.",
            "Kept and given back, without effect.",
            "There is no thread to count, and a socket costs little.",
        ),
        Words(
            "컨텍스트 옵션(`MAX_SOCKETS`, `IO_THREADS` 등)",
            "효력이 있음",
            "값만 기억하고 효력은 없음",
            "수를 정할 스레드가 없고, 소켓 하나의 비용도 작으므로",
        ),
    ),
    Difference(
        ("test_options_that_come_late", "test_a_high_water_mark_that_comes_late"),
        Words(
            "Options set after `bind()` or `connect()`",
            "Connections of that endpoint keep what was set before, but queues that are there take "
            "a new high-water mark.",
            "The next connection heeds them. Queues that are there keep their high-water marks.",
            "What a connection or a queue needs is read when it is made, and at no other time.",
        ),
        Words(
            "`bind()`나 `connect()` 뒤에 바꾼 옵션",
            "그 엔드포인트의 연결에는 전에 정한 값을 씀. 하이 워터마크는 이미 있는 큐에도 적용",
            "다음 연결부터 적용. 이미 있는 큐의 하이 워터마크는 그대로",
            "연결과 큐에 필요한 옵션은 만들 때만 읽으므로",
        ),
    ),
    Difference(
        ("test_ending_what_the_other_call_began", "test_ending_by_another_name"),
        Words(
            "`unbind()`, `disconnect()`",
            "Either ends what `bind()` or `connect()` began. Names (`localhost`) are resolved.",
            "Each ends its own kind, by the text that `last_endpoint` gives; else `ENOENT`.",
            "The text is looked up, and no name is resolved a second time.",
        ),
        Words(
            "`unbind()`, `disconnect()`",
            "둘 다 바인드도 연결도 끝냄. `localhost` 같은 이름은 주소로 바꿔 찾음",
            "각각 바인드와 연결만, `last_endpoint`에 적힌 그대로 받아 끝냄. 아니면 `ENOENT`",
            "적힌 글자로 찾기만 하고, 이름을 다시 주소로 바꾸지 않으므로",
        ),
    ),
    Difference(
        ("test_what_came_before_a_disconnect",),
        Words(
            "What came in before a `disconnect()` and was not received",
            "Thrown away.",
            "Can still be received.",
            "It has arrived: an end of the connection is no reason to lose it.",
        ),
        Words(
            "`disconnect()` 전에 들어왔지만 아직 받지 않은 메시지",
            "버림",
            "그대로 받을 수 있음",
            "이미 도착한 메시지까지 연결과 함께 버릴 까닭은 없으므로",
        ),
    ),
    Difference(
        ("test_receiving_from_a_socket_that_only_sends",),
        Words(
            "`recv()` of a PUSH or PUB",
            "`zmq.asyncio` waits for a message that can't come.",
            "`ENOTSUP` at once.",
            "A mistake should show when it is made.",
        ),
        Words(
            "PUSH, PUB 소켓의 `recv()`",
            "`zmq.asyncio`는 올 수 없는 메시지를 기다림",
            "바로 `ENOTSUP`",
            "실수는 저지른 자리에서 드러나야 하므로",
        ),
    ),
    Difference(
        ("test_parts_wait_for_the_last",),
        Words(
            "`SNDMORE`",
            "The first part already needs a peer with room.",
            "Parts are held in the socket until the last; that one needs a peer with room.",
            "A message is one thing everywhere below `Socket`: it goes whole or not at all.",
        ),
        Words(
            "`SNDMORE`",
            "첫 부분을 보낼 때 이미 자리가 있는 피어가 필요함",
            "마지막 부분이 올 때까지 소켓이 보관하고, 그때 자리가 있는 피어가 필요함",
            "`Socket` 아래에서는 메시지를 통째로만 다루므로",
        ),
    ),
    Difference(
        ("test_conflate_and_several_frames",),
        Words(
            "`CONFLATE` with several frames",
            "Keeps the last frame of a message.",
            "Keeps the last message, whole.",
            "The same: a message is one thing.",
        ),
        Words(
            "프레임이 여럿일 때 `CONFLATE`",
            "메시지의 마지막 프레임만 남음",
            "마지막 메시지가 통째로 남음",
            "위와 같음(메시지를 통째로만 다루므로)",
        ),
    ),
    Difference(
        ("test_subscriptions_of_several_frames",),
        Words(
            "XSUB: a message of several frames, each beginning with 1 or 0",
            "Takes each frame for a subscription, or the end of one.",
            "Sends it as a message.",
            "The same, and a subscription has one frame.",
        ),
        Words(
            "XSUB 소켓이 보내는, 프레임마다 1이나 0으로 시작하는 멀티파트 메시지",
            "프레임 하나하나를 구독이나 구독 취소로 처리",
            "일반 메시지로 보냄",
            "위와 같고, 구독은 프레임 하나로 된 메시지이므로",
        ),
    ),
    Difference(
        ("test_one_peer_is_full_and_another_is_not",),
        Words(
            "`ROUTER_MANDATORY` or `XPUB_NODROP`, when the peer meant is full and another is not",
            "`zmq.asyncio` raises `Again`, `DONTWAIT` or not.",
            "Waits until that peer has room, or is gone.",
            "Without `DONTWAIT` a `send()` waits, as it does with pyzmq's blocking sockets.",
        ),
        Words(
            "`ROUTER_MANDATORY`, `XPUB_NODROP`에서 받을 피어만 가득 찼을 때",
            "`zmq.asyncio`는 `DONTWAIT` 없이도 `Again`",
            "그 피어에 자리가 나거나 피어가 사라질 때까지 기다림",
            "`DONTWAIT` 없는 `send()`는 pyzmq의 블로킹 소켓에서도 기다리므로",
        ),
    ),
    Difference(
        ("test_a_newcomer_in_the_round",),
        Words(
            "A newcomer in the round: PUSH to P1 and P2, one message sent, P3 joins",
            "Goes on with P2, P3, P1.",
            "Goes on with P2, P1, P3.",
            "Peers stand in a line: who was served goes to its end, and so does who is new.",
        ),
        Words(
            "PUSH 소켓이 P1, P2 중 P1에 보낸 뒤 P3이 들어올 때의 순서",
            "P2, P3, P1 순",
            "P2, P1, P3 순",
            "메시지를 받은 피어도 새로 온 피어도 줄 끝에 서므로",
        ),
    ),
    Difference(
        ("test_a_message_from_before_its_subscription",),
        Words(
            "A message that comes in before a SUB asks for it (publishers filter too, so only one "
            "that sends unasked shows it)",
            "Filters in `recv()`: it is received.",
            "Filters what comes in: it is left out.",
            "Messages that come together are looked at together, which takes half the time.",
        ),
        Words(
            "SUB 소켓이 구독하기 전에 들어온 메시지(보내는 쪽도 걸러내므로, 요청받지 않고 보내는 "
            "상대에게서만 나타남)",
            "`recv()` 때 거르므로 받음",
            "들어올 때 거르므로 빠짐",
            "함께 들어온 메시지를 한꺼번에 살피면 시간이 절반만 들므로",
        ),
    ),
    Difference(
        ("test_a_full_queue_that_inproc_finds_bound_later",),
        Words(
            "inproc, connected before it is bound, and already full (SNDHWM 2, RCVHWM 7)",
            "Takes no more until the other end receives.",
            "Takes the other end's 7 at once.",
            "A sender goes on when its queue is at most half full, whatever made it so.",
        ),
        Words(
            "inproc에서 바인드보다 먼저 연결해 이미 가득 찬 큐(SNDHWM 2, RCVHWM 7)",
            "상대가 메시지를 받을 때까지 더 받지 않음",
            "바인드하자마자 상대 쪽의 7개를 더 받음",
            "큐가 절반 이하로 차 있으면, 무엇 때문이든 다시 보내므로",
        ),
    ),
    Difference(
        ("test_the_size_of_a_whole_message",),
        Words(
            "`MAXMSGSIZE`",
            "Limits each frame.",
            "Limits a message, its frames together.",
            "The limit is there to bound memory, and many small frames fill it too.",
        ),
        Words(
            "`MAXMSGSIZE`",
            "프레임마다 제한",
            "메시지 전체(프레임의 합)를 제한",
            "메모리를 제한하는 옵션인데, 작은 프레임도 많으면 메모리를 채우므로",
        ),
    ),
    Difference(
        ("test_very_many_frames", "test_a_very_long_topic"),
        Words(
            "Limits without an option",
            "No limit to the frames of a message or the length of a topic.",
            "65,536 frames, and 64 kB for a command, so for a topic that a SUB asks for. Beyond"
            " that the connection ends.",
            "A stranger must not make a program hold what it never asked for.",
        ),
        Words(
            "옵션으로 정하지 않는 한계",
            "프레임 개수와 토픽 길이에 제한이 없음",
            "프레임 65,536개, 명령 하나(따라서 구독하는 토픽)에 64 kB. 넘으면 연결을 끊음",
            "모르는 상대 때문에 메모리가 끝없이 늘어나지 않게 하려고",
        ),
    ),
    Difference(
        ("test_odd_ports",),
        Words(
            "`tcp://127.0.0.1:99999`, `:5555x`",
            "Binds to another port: 34463 and 5555. Connects without a complaint.",
            "`EINVAL`",
            "Nobody can have meant it.",
        ),
        Words(
            "`tcp://127.0.0.1:99999`, `:5555x`",
            "다른 포트(34463, 5555)에 바인드하고, 연결도 받아 줌",
            "`EINVAL`",
            "의도했을 리 없는 주소이므로",
        ),
    ),
    Difference(
        ("test_a_local_address_to_connect_from", "test_an_interface_by_its_name"),
        Words(
            "`tcp://SOURCE;HOST:PORT`, `tcp://lo:*`",
            "Connects from the address given, binds to the interface named.",
            "`EINVAL`, `ENODEV`: addresses only, and no choice where to connect from.",
            "Left out to stay small.",
        ),
        Words(
            "`tcp://SOURCE;HOST:PORT`, `tcp://lo:*`",
            "지정한 주소에서 연결하고, 이름을 적은 인터페이스에 바인드함",
            "`EINVAL`, `ENODEV`. 주소만 받고, 어디에서 연결할지는 고를 수 없음",
            "코드를 작게 두려고",
        ),
    ),
    Difference(
        ("test_an_ipc_path_that_is_bound_already",),
        Words(
            "An ipc path that is bound already, in a browser or after "
            "`standin.install(network=False)`",
            "Who binds last has it; so in `purezmq` elsewhere.",
            "`EADDRINUSE`",
            "There is no file to replace.",
        ),
        Words(
            "브라우저에서, 또는 `standin.install(network=False)` 뒤에 이미 바인드된 ipc 경로",
            "나중에 바인드한 쪽이 차지(다른 환경에서는 `purezmq`도 같음)",
            "`EADDRINUSE`",
            "바꿔 놓을 파일이 없으므로",
        ),
    ),
    Difference(
        ("test_a_poller_of_other_things",),
        Words(
            "`Poller.register()` of a file descriptor",
            "Waits for it beside the sockets.",
            "`TypeError`",
            "The event loop has `add_reader()` for that.",
        ),
        Words(
            "파일 디스크립터를 `Poller.register()`에 넘길 때",
            "소켓과 함께 기다림",
            "`TypeError`",
            "이벤트 루프의 `add_reader()`로 할 수 있으므로",
        ),
    ),
    Difference(
        ("test_an_answer_without_an_envelope",),
        Words(
            "A reply to a REQ without the empty frame",
            "Ends the connection.",
            "Drops the message and waits on.",
            "The peer spoke ZMTP correctly. Its next reply may be right.",
        ),
        Words(
            "빈 구분자 프레임이 없는 응답을 REQ 소켓이 받을 때",
            "연결을 끊음",
            "메시지만 버리고 계속 기다림",
            "ZMTP는 지킨 상대이고, 다음 응답은 올바를 수 있으므로",
        ),
    ),
    Difference(
        ("test_flags_that_mean_nothing", "test_a_command_with_more_to_come"),
        Words(
            "Flags that ZMTP reserves; a command with MORE",
            "Ignores them.",
            "Ends the connection.",
            "RFC 37 says that those bits are zero. What breaks the protocol once is not trusted.",
        ),
        Words(
            "ZMTP가 예약한 플래그, MORE가 붙은 명령",
            "무시함",
            "연결을 끊음",
            "RFC 37은 그 비트를 0으로 정함. 규약을 어긴 상대의 나머지도 믿을 수 없으므로",
        ),
    ),
    Difference(
        ("test_commands_that_make_no_sense", "test_subscribing_where_nothing_is_published"),
        Words(
            "Malformed or misplaced commands after the handshake",
            "Ignores most; a SUBSCRIBE to a PULL arrives as a message.",
            "Ends the connection. Unknown commands are ignored.",
            "The same.",
        ),
        Words(
            "핸드셰이크 뒤에 온 잘못된 명령",
            "대부분 무시함. PULL 소켓에 온 SUBSCRIBE는 메시지로 전달됨",
            "연결을 끊음. 이름을 모르는 명령은 무시함",
            "위와 같음",
        ),
    ),
    Difference(
        ("test_an_error_in_traffic",),
        Words(
            "ERROR after the handshake",
            "Ignores it.",
            "Ends the connection.",
            "The peer says that it has given up.",
        ),
        Words(
            "핸드셰이크 뒤에 온 ERROR",
            "무시함",
            "연결을 끊음",
            "상대가 통신을 포기했다는 뜻이므로",
        ),
    ),
    Difference(
        ("test_peers_from_before_zmtp_3",),
        Words(
            "Peers that speak ZMTP 1.0 or 2.0 (libzmq before 4)",
            "Talks to them.",
            "Refuses them.",
            "Other frames, and no handshake that tells who is there. libzmq has 3.0 since its 4.0.",
        ),
        Words(
            "ZMTP 1.0, 2.0을 쓰는 상대(libzmq 4 이전)",
            "통신함",
            "거절함",
            "프레임 형식이 다르고 상대를 알리는 핸드셰이크도 없음. libzmq는 4.0부터 3.0을 씀",
        ),
    ),
    Difference(
        ("test_a_peer_that_was_wrong_once",),
        Words(
            "A connected peer that breaks the protocol, has another mechanism or a wrong type",
            "Of some it is told once (`HANDSHAKE_FAILED_PROTOCOL`), and is never tried again.",
            "Every peer is tried again after RECONNECT_IVL.",
            "A server that is set right, or comes back on its port, should be found again.",
        ),
        Words(
            "연결한 상대가 프로토콜을 어기거나, 보안 메커니즘이나 소켓 타입이 맞지 않을 때",
            "경우에 따라 한 번 알리고(`HANDSHAKE_FAILED_PROTOCOL`) 다시 연결하지 않음",
            "어떤 상대든 RECONNECT_IVL 뒤에 다시 연결함",
            "설정을 고치거나 제 포트로 돌아온 서버를 다시 찾을 수 있게 하려고",
        ),
    ),
    Difference(
        ("test_nothing_to_wait_for_takes_a_turn",),
        Words(
            "`poll(0)`, and `recv()` or `send()` with DONTWAIT, that find nothing",
            "The Future is done when the call returns.",
            "It is done after a turn of the event loop.",
            "The loop reads the network. A program that only asks would never let it.",
        ),
        Words(
            "`poll(0)`, 또는 DONTWAIT를 준 `recv()`, `send()`에서 할 일이 없을 때",
            "호출이 돌아오면 Future가 이미 완료됨",
            "이벤트 루프가 한 번 돈 뒤에 완료됨",
            "네트워크는 루프가 읽음. 묻기만 하는 프로그램이면 루프가 돌 틈이 없으므로",
        ),
    ),
    Difference(
        ("test_a_router_whose_peer_comes_back_under_its_name",),
        Words(
            "A peer that comes back to a ROUTER under its routing id",
            "May be ignored, if the ROUTER has not yet noticed that the first one left.",
            "Is taken.",
            "Who restarts should be reached again.",
        ),
        Words(
            "같은 라우팅 ID로 ROUTER에 돌아온 상대",
            "먼저 연결이 끊긴 것을 ROUTER가 아직 모르면 무시될 수 있음",
            "받아들임",
            "다시 시작한 상대에게 다시 닿을 수 있어야 하므로",
        ),
    ),
    Difference(
        ("test_cancelling_as_a_message_arrives",),
        Words(
            "`recv_string()`, `recv_json()` and the like, cancelled just as a message arrives",
            "`zmq.asyncio` drops the message, with a warning.",
            "The next receive gets it.",
            "Who sets a time limit on a receive should lose the wait, not the message.",
        ),
        Words(
            "메시지가 도착하는 순간에 취소된 `recv_string()`, `recv_json()` 등",
            "`zmq.asyncio`는 경고를 남기고 메시지를 버림",
            "다음 수신에서 받음",
            "수신에 시간 제한을 두었다고 해서 메시지까지 잃어서는 안 되므로",
        ),
    ),
    Difference(
        ("test_a_publisher_that_connects",),
        Words(
            "SUB binds and PUB connects",
            "SUB sends its subscriptions at its next call: until then the publisher drops all.",
            "SUB sends them as soon as the connection stands.",
            "A subscriber that waits for something else should miss nothing meanwhile.",
        ),
        Words(
            "SUB이 바인드하고 PUB이 연결할 때",
            "SUB은 다음 함수 호출 때에야 구독을 보내므로, 그때까지 발행자가 메시지를 모두 버림",
            "연결되자마자 구독을 보냄",
            "다른 일을 기다리는 구독자도 그사이의 메시지를 놓치지 않게 하려고",
        ),
    ),
    Difference(
        ("test_more_subscriptions_than_the_mark",),
        Words(
            "More subscriptions than the SUB's SNDHWM, at a connection or a reconnection",
            "Those beyond the mark are lost (1,000, unless set).",
            "All arrive.",
            "A subscription is no message that may be dropped: without it none will come.",
        ),
        Words(
            "연결하거나 다시 연결될 때 구독 수가 SUB의 SNDHWM보다 많으면",
            "상한(기본값 1,000개)을 넘는 구독은 사라짐",
            "모두 도착함",
            "구독이 사라지면 메시지가 오지 않으므로, 구독은 버려도 되는 메시지가 아님",
        ),
    ),
    Difference(
        ("test_heartbeats_while_the_mark_is_reached",),
        Words(
            "Heartbeats while RCVHWM is reached, and so nothing is read",
            "The connection is given up: the answers wait behind the messages.",
            "That time does not count. The connection stays.",
            "The peer is not silent; we do not listen.",
        ),
        Words(
            "RCVHWM에 걸려 읽기를 멈춘 동안의 하트비트",
            "응답이 메시지 뒤에 밀려 있어 연결을 끊음",
            "그동안의 시간은 세지 않고 연결을 유지함",
            "상대가 조용한 것이 아니라 이쪽이 듣지 않는 것이므로",
        ),
    ),
    Difference(
        ("test_a_proxy_with_a_full_capture",),
        Words(
            "`proxy` with a capture socket that is full",
            "Stops, until the capture has room.",
            "Goes on, and drops that copy.",
            "Who watches should not hold up the traffic.",
        ),
        Words(
            "capture 소켓이 가득 찬 `proxy`",
            "capture에 자리가 날 때까지 멈춤",
            "그 사본만 버리고 계속함",
            "지켜보는 쪽이 통신을 막아서는 안 되므로",
        ),
    ),
    Difference(
        ("test_raw_tcp",),
        Words(
            "STREAM (raw TCP)",
            "There.",
            "`NotImplementedError`",
            "Python has `asyncio.open_connection`.",
        ),
        Words(
            "STREAM(TCP를 그대로 쓰는 소켓)",
            "있음",
            "`NotImplementedError`",
            "Python에는 `asyncio.open_connection`이 있으므로",
        ),
    ),
)

ABSENT = (
    Absent(
        "Socket",
        ("from_socket", "shadow", "underlying"),
        "They lead to libzmq's own socket, or make another object of it. There is none below.",
        "libzmq의 소켓을 가리키거나 감싸는 이름이며, 여기에는 그 아래에 다른 소켓이 없음",
    ),
    Absent(
        "Socket",
        ("join", "leave"),
        "For RADIO and DISH, drafts that pyzmq's own packages are built without.",
        "RADIO, DISH용. pyzmq 패키지도 빼고 빌드하는 초안(draft) 기능",
    ),
    Absent(
        "Socket",
        ("copy_threshold",),
        "Says from which size on libzmq shares memory with the program. Here a frame is `bytes`.",
        "libzmq가 프로그램과 메모리를 공유하는 크기의 기준. 여기에서 프레임은 그냥 `bytes`",
    ),
    Absent(
        "Socket",
        ("recv_into",),
        "A frame is `bytes` when it comes: to fill a buffer of your own would be one more copy.",
        "받은 프레임은 이미 `bytes`이므로 직접 만든 버퍼에 넣으면 복사만 한 번 늘어남",
    ),
    Absent(
        "Frame",
        ("get", "group", "routing_id", "set", "tracker", "tracker_event"),
        "What libzmq keeps beside a frame: its connection's properties, fields of drafts, and who "
        "shares its memory. Here a frame is `bytes`.",
        "libzmq가 프레임에 덧붙여 두는 연결 정보, 초안 기능의 필드, 메모리 공유 상태. 여기에서 "
        "프레임은 그냥 `bytes`",
    ),
    Absent(
        "Context",
        ("shadow_pyczmq",),
        "For another binding of libzmq.",
        "libzmq의 다른 바인딩용",
    ),
    Absent(
        "zmq.asyncio",
        ("ZMQEventLoop", "install"),
        "pyzmq itself calls them obsolete.",
        "pyzmq에서도 더는 쓰지 않는다고 알리는 이름",
    ),
    Absent(
        "zmq",
        ("device", "proxy_steerable", "select", "zmq_poll"),
        "They block. `proxy` is a coroutine, and `Poller` waits for many.",
        "블로킹 함수. 대신 코루틴인 `proxy`와 `Poller`를 사용",
    ),
    Absent(
        "zmq",
        ("SyncContext", "SyncSocket"),
        "Blocking sockets need threads that do the work meanwhile: use pyzmq.",
        "블로킹 소켓은 그동안 일할 스레드가 있어야 하므로 pyzmq를 사용",
    ),
    Absent(
        "zmq",
        ("curve_public",),
        "CURVE is not here.",
        "CURVE는 없음",
    ),
    Absent(
        "zmq",
        ("get_includes", "get_library_dirs", "backend", "sugar", "zmq_errno"),
        "Of libzmq, its C interface or how pyzmq is built.",
        "libzmq의 C 인터페이스와 pyzmq의 내부 구조에 속하는 이름",
    ),
    Absent(
        "zmq",
        ("DraftFDWarning", "ZMQVersionError"),
        "They tell of a libzmq that is too old, or built in another way.",
        "libzmq가 오래되었거나 다르게 빌드되었음을 알리는 이름",
    ),
    Absent(
        "zmq",
        ("Stopwatch", "utils"),
        "A relic, and helpers of which only `monitor` is here: `purezmq.asyncio.monitor`.",
        "옛 도구와 보조 모듈. 그중 `monitor`만 `purezmq.asyncio.monitor`로 있음",
    ),
    Absent(
        "SocketOption",
        ("CURVE_PUBLICKEY", "CURVE_SECRETKEY", "CURVE_SERVER", "CURVE_SERVERKEY"),
        "Encryption needs a library, and this one has none to need.",
        "암호화에는 별도 라이브러리가 필요한데, purezmq는 표준 라이브러리만 사용",
    ),
    Absent(
        "SocketOption",
        (
            "MULTICAST_HOPS", "MULTICAST_LOOP", "MULTICAST_MAXTPDU", "RATE", "RECOVERY_IVL",
            "SOCKS_PASSWORD", "SOCKS_PROXY", "SOCKS_USERNAME",
        ),
        "For transports that are not here: multicast, SOCKS.",
        "여기에 없는 전송 방식(멀티캐스트, SOCKS)용",
    ),
    Absent(
        "SocketOption",
        ("ROUTER_RAW", "STREAM_NOTIFY"),
        "For raw TCP.",
        "TCP를 그대로 쓰는 소켓용",
    ),
    Absent(
        "SocketOption",
        ("AFFINITY", "THREAD_SAFE", "USE_FD"),
        "They tell of threads and descriptors, of which a socket here has none.",
        "스레드와 파일 디스크립터에 관한 옵션",
    ),
    Absent(
        "SocketOption",
        (
            "BINDTODEVICE", "IPC_FILTER_GID", "IPC_FILTER_PID", "IPC_FILTER_UID",
            "LOOPBACK_FASTPATH", "TCP_MAXRT",
        ),
        "For one system or another.",
        "특정 운영 체제용",
    ),
    Absent(
        "SocketOption",
        (
            "ONLY_FIRST_SUBSCRIBE", "RECONNECT_STOP", "TOPICS_COUNT", "XPUB_MANUAL_LAST_VALUE",
            "ZAP_ENFORCE_DOMAIN",
        ),
        "Left out to stay small: nobody has needed them here yet.",
        "코드를 작게 두려고 뺀 옵션. 아직 필요한 곳이 없었음",
    ),
)  # fmt: skip
