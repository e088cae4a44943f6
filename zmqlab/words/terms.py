"""The words that lessons give to pictures, in both languages.

A lesson's code is the same for both, and names its axes, rows and lines in English. A picture shows
them in the language of its page; a word that does not stand here is shown as it is.
"""

from __future__ import annotations

from zmqlab.words.language import Language, Text

TERMS = {
    term.en: term
    for term in (
        # Axes and lines.
        Text(en="workers", ko="워커 수"),
        Text(en="times as fast as one worker", ko="속도(워커 하나 = 1)"),
        Text(en="seconds", ko="초"),
        Text(en="every worker counts", ko="워커 수에 비례"),
        Text(en="as many as cores", ko="코어 수가 한계"),
        Text(en="pairs", ko="쌍의 수"),
        Text(en="from A to D in ms", ko="A에서 D까지 걸린 시간(ms)"),
        Text(en="hub", ko="허브"),
        Text(en="directory", ko="디렉터리"),
        Text(en="directories", ko="분산 디렉터리"),
        Text(en="queues", ko="가까운 큐"),
        Text(en="redis", ko="Redis"),
        Text(en="thousand messages a second, all pairs", ko="모든 쌍의 초당 메시지 수(천 개)"),
        Text(en="direct", ko="직접 연결"),
        Text(en="through one proxy", ko="프록시 하나를 거침"),
        Text(en="message size in bytes", ko="메시지 크기(바이트)"),
        Text(en="messages a second", ko="초당 메시지 수"),
        Text(en="MB a second", ko="초당 MB"),
        Text(en="latency in µs", ko="지연 시간(µs)"),
        Text(en="round trip in µs", ko="왕복 시간(µs)"),
        Text(en="µs a message", ko="메시지당 시간(µs)"),
        Text(en="seconds to recover", ko="복구 시간(초)"),
        Text(en="payments under way", ko="동시에 진행 중인 결제 수"),
        Text(en="payments a second", ko="초당 결제 수"),
        Text(en="ms from made to booked", ko="생성에서 기록까지(ms)"),
        Text(en="clients", ko="클라이언트 수"),
        Text(en="pictures sent", ko="보낸 사진 수"),
        Text(en="pictures in our queue", ko="우리 큐에 쌓인 사진 수"),
        Text(en="goes on reading", ko="계속 읽는 세션"),
        Text(en="stops reading", ko="읽기를 멈추는 세션"),
        Text(en="MB grown in the middle", ko="가운데에서 늘어난 메모리(MB)"),
        Text(en="stateless switch", ko="상태 없는 스위치"),
        Text(en="broker, memory", ko="브로커, 메모리"),
        Text(en="broker, fsync", ko="브로커, fsync"),
        Text(en="broker at its best", ko="제대로 쓴 브로커"),
        Text(en="switch, edges", ko="스위치 + 에지"),
        Text(en="direct, edges", ko="직접 연결 + 에지"),
        Text(en="switch, edges, fsync", ko="스위치 + 에지, fsync"),
        Text(en="two switches, one killed", ko="스위치 둘, 하나 강제 종료"),
        Text(en="two switches, one frozen", ko="스위치 둘, 하나 일시 정지"),
        Text(en="one switch, killed", ko="스위치 하나, 강제 종료"),
        Text(en="nothing locked", ko="락 없음"),
        Text(en="half locked", ko="절반에 락"),
        Text(en="all locked", ko="전부 락"),
        Text(en="nothing at the owner", ko="주인 몫 없음"),
        Text(en="half at the owner", ko="주인 몫 절반"),
        Text(en="all at the owner", ko="주인 몫 전부"),
        Text(en="Amdahl, half", ko="암달, 절반"),
        Text(en="tasks a second", ko="초당 작업 수"),
        Text(en="threads, inproc", ko="스레드, inproc"),
        Text(en="processes, ipc", ko="프로세스, ipc"),
        Text(en="processes, tcp", ko="프로세스, tcp"),
        Text(en="queue.Queue, no limit", ko="queue.Queue, 한도 없음"),
        Text(en="deque and a lock", ko="deque와 락"),
        Text(en="PAIR, not copied", ko="PAIR, 복사 안 함"),
        Text(en="messages under way at once", ko="한꺼번에 보낸 메시지 수"),
        Text(en="raw socket", ko="TCP 소켓"),
        Text(en="batched", ko="TCP 소켓, 직접 배칭"),
        Text(en="one send", ko="send 한 번"),
        Text(en="two sends", ko="send 두 번"),
        Text(en="two sends, NODELAY", ko="send 두 번, NODELAY"),
        Text(en="one divided by the round trip", ko="왕복 시간의 역수"),
        Text(en="copied", ko="복사"),
        Text(en="zero-copy", ko="제로 카피"),
        # Faults, and lifetimes (30, 32).
        Text(en="kill the middle", ko="가운데를 강제 종료"),
        Text(en="kill the receiver", ko="받는 쪽을 강제 종료"),
        Text(en="kill the sender", ko="보내는 쪽을 강제 종료"),
        Text(en="kill it with one in hand", ko="처리 도중에 강제 종료"),
        Text(en="freeze the next hop", ko="다음 홉을 일시 정지"),
        Text(en="drop and delay", ko="버리고 늦춤"),
        Text(en="receiver at once", ko="받는 쪽이 바로 시작"),
        Text(en="receiver 2 s later", ko="받는 쪽이 2초 뒤 시작"),
        Text(en="LINGER 1 s", ko="LINGER 1초"),
        Text(en="a broker between", ko="브로커를 사이에 둠"),
        Text(
            en="What came when sender and receiver did not live at once",
            ko="양쪽이 동시에 떠 있지 않을 때 받은 메시지",
        ),
        # Who was killed (30).
        Text(en="hub, the broker killed", ko="허브, 브로커 강제 종료"),
        Text(en="redis, the server killed", ko="Redis, 서버 강제 종료"),
        Text(en="queues, D's queue killed", ko="가까운 큐, D의 큐 강제 종료"),
        Text(en="directory, the directory killed", ko="디렉터리, 디렉터리 강제 종료"),
        Text(en="directories, one of two killed", ko="분산 디렉터리, 둘 중 하나 강제 종료"),
        Text(en="direct, D killed", ko="직접 연결, D 강제 종료"),
        Text(en="hub, D killed", ko="허브, D 강제 종료"),
        # Numbers to choose (30).
        Text(en="services", ko="서비스 수"),
        Text(en="two directories", ko="디렉터리 두 곳"),
        Text(en="addresses to write down", ko="적어 둘 주소 수"),
        # Counts (31).
        Text(en="as it is written", ko="코드 그대로"),
        Text(en="a switch in between", ko="중간에 스레드 전환"),
        Text(en="the same with a lock", ko="같은 코드에 락 추가"),
        Text(en="one owner, messages", ko="주인 하나, 메시지"),
        # Counts (09).
        Text(en="one PAIR", ko="PAIR 하나"),
        Text(en="PUSH to PULL", ko="PUSH에서 PULL로"),
        # Queues (07).
        Text(en="positions published", ko="발행한 위치 수"),
        Text(en="positions behind", ko="뒤처진 위치 수"),
        Text(en="room 10", ko="자리 10개"),
        Text(en="room 100", ko="자리 100개"),
        Text(en="positions", ko="위치 수"),
        Text(en="room on each side", ko="양쪽 큐의 자리 수"),
        Text(en="positions behind at most", ko="가장 많이 뒤처진 위치 수"),
        Text(en="positions dropped", ko="버린 위치 수"),
        # Credit (13).
        Text(en="credit", ko="크레디트"),
        # Names of figures (33).
        Text(en="raw", ko="TCP 소켓"),
        Text(en="raw round trip", ko="TCP 소켓 왕복"),
        Text(en="arrived", ko="도착"),
        Text(en="the same", ko="같은 이름"),
        Text(en="one way", ko="편도"),
        Text(en="time per message", ko="메시지당 시간"),
        Text(en="more than raw", ko="TCP 소켓보다 더 걸린 시간"),
        Text(en="at 10", ko="10바이트"),
        Text(en="at 1000", ko="1,000바이트"),
        Text(en="inproc from Python", ko="Python에서 inproc"),
        Text(en="round trip", ko="왕복"),
        Text(en="with 64 under way", ko="64개를 한꺼번에"),
        Text(en="blocking", ko="블로킹"),
        Text(en="asyncio", ko="asyncio"),
        Text(en="extra", ko="추가 시간"),
        Text(en="faster at", ko="더 빠른 크기"),
        # Captions.
        Text(
            en="The fast answer overtook the slow one.",
            ko="빠른 답이 느린 답을 앞질렀습니다.",
        ),
        Text(en="The end, #101, was dropped, too.", ko="끝 표시(#101)도 버려졌습니다."),
        Text(en="No grant, no message.", ko="크레디트가 없으면 메시지도 없습니다."),
        Text(
            en="With credit for one, every message costs a round trip.",
            ko="크레디트가 1이면 메시지마다 왕복 시간이 듭니다.",
        ),
        Text(en="The hub doubles the hops.", ko="허브를 두면 홉이 2배가 됩니다."),
        Text(
            en="Messages that only the dead program held are lost.",
            ko="죽은 프로그램에만 있던 메시지는 함께 사라집니다.",
        ),
        Text(
            en="One sleeps with the lock, and all are late.",
            ko="하나가 락을 쥔 채 자면 모두가 늦습니다.",
        ),
        Text(
            en="The owner sleeps, and the senders work on.",
            ko="주인이 자도 보내는 쪽은 계속 일합니다.",
        ),
        Text(
            en="The message outlived its socket.",
            ko="소켓은 닫혔지만 메시지는 도착했습니다.",
        ),
        Text(en="One end message ends one worker.", ko="end 메시지 하나는 워커 하나만 끝냅니다."),
        Text(
            en="One task waits for an empty address.",
            ko="작업 하나가 아무도 없는 주소를 기다립니다.",
        ),
        Text(
            en="It had waited at the dispatcher.",
            ko="작업은 분배기에서 기다리고 있었습니다.",
        ),
        Text(
            en="With nobody there, the sender waits.",
            ko="받을 상대가 없으면 보내는 쪽이 기다립니다.",
        ),
        Text(
            en="No task waits for an empty address.",
            ko="아무도 없는 주소를 기다리는 작업이 없습니다.",
        ),
        Text(en="The newest positions were dropped.", ko="가장 새로운 위치를 버렸습니다."),
        Text(
            en="Ten times the room, ten times as late.",
            ko="자리를 10배로 늘리면 지도도 10배 늦어집니다.",
        ),
        Text(
            en="Only the sender's queue outlives the receiver.",
            ko="받는 쪽이 죽으면 보내는 쪽 큐에 있던 메시지만 남습니다.",
        ),
        Text(
            en="Ready means: I have heard the feed.",
            ko="준비가 끝났다는 말은 피드에서 메시지를 받았다는 뜻입니다.",
        ),
        Text(
            en="The order was there, and was read last.",
            ko="지시는 와 있었는데 맨 나중에 읽혔습니다.",
        ),
        Text(
            en="All five letters reached the mailer.",
            ko="편지 다섯 통이 모두 발송기에 도착했습니다.",
        ),
        Text(
            en="A name goes with it, and comes back.",
            ko="연결의 이름이 함께 갔다가 돌아옵니다.",
        ),
        Text(
            en="Six requests, and how far they came.",
            ko="요청 여섯 개가 어디까지 갔는지 보여 줍니다.",
        ),
        Text(
            en="Only the session that stops reading keeps its mark.",
            ko="읽기를 멈추는 세션만 하이 워터마크를 지킵니다.",
        ),
        Text(
            en="What crossed the bridge, each way.",
            ko="브리지를 양쪽으로 지나간 메시지입니다.",
        ),
        Text(
            en="Order 3 was delivered twice.",
            ko="order 3은 두 번 배송됐습니다.",
        ),
        Text(
            en="Three deliveries, one reply.",
            ko="배송은 세 번, 받은 응답은 한 번입니다.",
        ),
        Text(
            en="The doorkeeper was asked once.",
            ko="libzmq는 문지기에게 한 번만 물어보았습니다.",
        ),
        Text(
            en="One request, two envelopes.",
            ko="요청 하나에 봉투가 두 겹입니다.",
        ),
        Text(
            en="READY is one byte. A request has its way back with it.",
            ko="READY는 1바이트이고, 요청에는 돌아갈 길이 함께 있습니다.",
        ),
        Text(
            en="Anna's request dies with her.",
            ko="anna가 죽자 요청도 함께 사라집니다.",
        ),
        Text(
            en="Alice knows a service, not Anna.",
            ko="alice의 요청에는 anna가 아니라 서비스의 이름이 적힙니다.",
        ),
        Text(
            en="Bob's request goes to a dead worker, and Cleo is idle.",
            ko="bob의 요청은 죽은 워커에게 가고 cleo는 놀고 있습니다.",
        ),
        Text(
            en="Ben replies first, then Anna.",
            ko="ben이 먼저 응답하고 anna가 늦게 응답합니다.",
        ),
        Text(
            en="Each broker adds one name, and takes it off again.",
            ko="브로커마다 이름을 하나 붙였다가 돌아올 때 떼어 냅니다.",
        ),
        Text(
            en="Sent to the dead, delivered later.",
            ko="죽은 브로커에 보낸 요청이 나중에 도착합니다.",
        ),
        Text(
            en="Tasks 2 and 3 were done twice.",
            ko="작업 2와 3은 두 번 처리되었습니다.",
        ),
        Text(
            en="A proxy restarts with a request inside.",
            ko="요청을 받아 둔 프록시가 재시작합니다.",
        ),
        Text(
            en="ROUTER takes off the name of its peer.",
            ko="ROUTER 소켓이 받을 피어의 이름을 떼어 냅니다.",
        ),
        Text(
            en="Three orders sent, one delivered.",
            ko="배차 세 건을 보냈는데 한 건만 도착했습니다.",
        ),
        Text(
            en="Ben is connected, but ignored.",
            ko="ben은 연결되어 있지만 배차실이 무시합니다.",
        ),
        Text(
            en="Each begins when its signal comes.",
            ko="신호가 와야 일을 시작합니다.",
        ),
        Text(
            en="A PAIR socket has one peer.",
            ko="PAIR 소켓의 상대는 하나뿐입니다.",
        ),
        Text(
            en="One worker: all wait for the slow request.",
            ko="워커가 하나면 모두가 느린 요청을 기다립니다.",
        ),
        Text(
            en="Two workers: the requests go to them in turn.",
            ko="워커가 둘이면 요청을 차례로 나눠 받습니다.",
        ),
        # Two servers and a failover (22).
        Text(en="Drawn from the table above.", ko="위의 표에서 그린 그림입니다."),
        Text(
            en="The second request made it active.",
            ko="둘째 요청을 받고 활성이 됐습니다.",
        ),
    )
}


def term(word: str, language: Language) -> str:
    """The word in a language, or as it is.

    Parameters
    ----------
    word : str
        In English.
    language : {"en", "ko"}
    """
    return TERMS[word][language] if word in TERMS else word
