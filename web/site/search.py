"""What the site's search takes for a word of a text, in both languages.

`search_index` writes the index from these words. They are code names, whole and in parts
(``zmq.again``, ``zmq``, ``again``), and the glossary's terms of several words, joined to one
("부하 분산" as ``부하분산``); in Korean also each noun as it stands (소켓을), without its particles
(소켓) and as the morphemes that Kiwi finds. The reader's browser has no Kiwi: ``static/search.js``
cuts the query's particles by the list that stands here, and knows the glossary's other names from
here, so what both sides do with a word must agree.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Any

from sphinx.search.en import SearchEnglish
from sphinx.util import logging

from web.lessons import terms as table

if TYPE_CHECKING:
    from kiwipiepy import Kiwi

logger = logging.getLogger(__name__)

# A word in Latin letters with its dots (zmq.Again), or one in Hangul. search.js has the same.
WORD = re.compile(r"[0-9A-Za-z_\u00c0-\u024f]+(?:\.[0-9A-Za-z_\u00c0-\u024f]+)*|[가-힣]+")
LATIN_WORD = re.compile(r"[a-z]+")

# What is cut from the end of a Korean word if what is left is a word of the index.
_ENDINGS = (
    "은 는 이 가 을 를 의 에 로 으로 와 과 도 만 나 이나 랑 이랑 라 이라 라도 이라도 란 이란"
    " 에서 에게 에는 에도 에만 에서는 에서도 에서의 에게는 에게서 부터 까지 까지는 보다 처럼 마다"
    " 마저 조차 밖에 만큼 대로 로는 로도 로만 로서 로써 로부터 으로는 으로도 으로만 으로서 으로써"
    " 으로부터 와는 과는 와의 과의 들 들은 들이 들을 들의 들에 들에게 들과 들도 라는 이라는 라고"
    " 이라고 라서 이라서 라면 이라면 이면 면 인 인데 일 이다 입니다 이고 이며 이란 란 인가 인지"
    " 하고 하다 하는 하기 하면 하며 하지 하여 해 해서 했다 한 한다 할 함 합니다 하세요 했습니다"
    " 되다 되는 되기 되면 되며 되어 돼 돼서 된 된다 될 됨 됩니다 됐다 되지 됐습니다"
    " 시키다 시키는 시키기 시킨 시킬 기 기는 기를 고 는다 다 던 지 지만 습니다 어 아 어서 아서"
)
ENDINGS = frozenset(_ENDINGS.split())

# Kiwi's kinds of morphemes that are worth finding: nouns, verbs, adjectives, adverbs, roots.
KINDS = {"NNG", "NNP", "NR", "VV", "VA", "VX", "VV-I", "VV-R", "VA-I", "VA-R", "MAG", "XR"}
PARTICLES = ("J", "VCP", "XSV", "XSA")  # of a noun; a verb is found by its stem alone

STOPWORDS = {
    "en": "a an and are as at be but by can do does for from has have how i if in is it its me my"
    " of on or so that the their then there these they this to was what which will with you your",
    "ko": "것 수 등 및 그 이 저 때 더 또 하 되 있 않 지 싶 같 그리고 그러나 또는 어떻게 무엇",
}

LONGEST_NAME = 5  # words

# Names that readers type and that are nobody's term: the glossary has no place for them.
ALSO = (
    (
        "publish-subscribe",
        "pubsub",
        "발행 구독",
        "펍섭",
        "펍서브",
        "펍 섭",
        "퍼블리시 서브스크라이브",
    ),
    ("request-reply", "reqrep", "request response", "요청 응답", "리퀘스트 리플라이"),
    ("push", "pushpull", "푸시 풀", "푸쉬 풀"),
    ("zeromq", "ømq", "0mq", "제로엠큐", "제로큐"),
    ("message", "msg"),
    ("lock", "mutex", "뮤텍스"),
    ("topic", "주제", "채널"),
    ("reconnect", "reconnection", "재접속", "다시 연결"),
    ("backpressure", "back pressure"),
    ("lock-free", "lockless"),
    ("serialization", "serialisation"),
    ("router", "라우터"),
    ("dealer", "딜러"),
    ("publish", "퍼블리시", "퍼블리쉬"),
    ("subscribe", "서브스크라이브", "섭스크라이브"),
    ("pub", "펍"),
    ("sub", "섭"),
    ("req", "알이큐", "리퀘스트"),
    ("rep", "알이피", "리플라이"),
    ("block", "블록킹", "블럭킹", "블로킹"),
    ("linger", "린저", "링거"),
    ("conflate", "컨플레이트"),
    ("monitor", "모니터링", "monitoring"),
    ("websocket", "웹소켓"),
    ("json", "제이슨"),
    ("pickle", "피클"),
    ("numpy", "넘파이"),
    ("asyncio", "에이싱크", "비동기 파이썬"),
    ("jupyter", "주피터"),
    ("python", "파이썬"),
    ("docker", "도커", "컨테이너", "container"),
    ("kubernetes", "쿠버네티스", "k8s"),
    ("kafka", "카프카"),
    ("rabbitmq", "래빗엠큐", "레빗엠큐", "레빗mq"),
    ("redis", "레디스"),
    ("mqtt", "엠큐티티"),
    ("grpc", "지알피씨"),
    ("multiprocessing", "멀티프로세싱"),
    ("curve", "커브"),
    ("firewall", "방화벽"),
    ("production", "deploy", "deployment", "배포", "운영"),
    ("producer", "생산자"),
    ("consumer", "소비자"),
    ("thread-safe", "thread safety", "스레드 안전"),
    ("ctrl-c", "컨트롤 씨", "컨트롤씨"),
    ("encryption", "encrypt", "암호", "TLS", "SSL"),
    ("security", "보안"),
    ("dictionary", "dict", "딕셔너리", "딕트"),
    ("glossary", "용어", "용어집"),
    ("contribute", "기여", "참여"),
    ("wireshark", "와이어샤크", "패킷 분석", "sniff"),
    ("load balancer", "로드 밸런서", "로드밸런서"),
    ("broadcast", "브로드캐스팅"),
    ("brokerless", "without a broker", "no broker", "브로커 없이"),
)


class English(SearchEnglish):
    """Words in Latin letters, stemmed; code names whole and in parts."""

    stopwords = frozenset(STOPWORDS["en"].split())

    def stem(self, word: str) -> str:
        """Stem English words; leave code names and other scripts alone."""
        word = word.lower()
        return _stemmed(word) if LATIN_WORD.fullmatch(word) else word

    def words(self, text: str) -> list[str]:
        """Return the words of a text in the form the index holds, each once."""
        kept = []
        for word in dict.fromkeys(self.split(text)):
            stemmed = self.stem(word)
            if self.word_filter(stemmed):
                kept.append(stemmed)
        return kept

    def split(self, input: str) -> list[str]:
        """Return the words of a text that a query may ask for."""
        words = [word.lower() for word in WORD.findall(unicodedata.normalize("NFC", input))]
        found = [part for word in words for part in parts(word)]
        return found + list(phrases([self.stem(word) for word in words]))


@cache
def _stemmed(word: str) -> str:
    return SearchEnglish.stem(english(), word)


@cache
def english() -> English:
    """Return the one whose stems both languages use."""
    return English({})


class Korean(English):
    """The same, and Korean words with and without particles, and their morphemes."""

    lang = "ko"
    stopwords = frozenset((STOPWORDS["en"] + " " + STOPWORDS["ko"]).split())

    def split(self, input: str) -> list[str]:
        """Return the words of a text that a query may ask for."""
        return list(korean_words(unicodedata.normalize("NFC", input)))


@cache
def korean_words(text: str) -> tuple[str, ...]:
    """Return the words of a Korean text: as they stand, without particles, morphemes, terms."""
    stem = english().stem
    splitter = kiwi() if re.search("[가-힣]", text) else None
    tokens = splitter.tokenize(text) if splitter else []
    found: list[str] = []
    plain: list[str] = []
    for match in WORD.finditer(text):
        word = match[0].lower()
        if word[0] < "가":
            found += parts(word)
            plain.append(stem(word))
            continue
        inside = [token for token in tokens if match.start() <= token.start < match.end()]
        bare = without_particles(word, match.start(), inside)
        plain.append(bare)
        if word in ENDINGS:  # what is left behind code: `recv()`는
            continue
        if not (inside and inside[0].start == match.start() and inside[0].tag[0] == "V"):
            found += [
                word,
                bare,
            ]  # 보여 주기 is nothing of 하트비트 주기: a verb has its stem alone
        for token in inside:
            if token.tag in KINDS:
                found.append(token.lemma.removesuffix("다") if token.tag[0] == "V" else token.form)
    return (*found, *phrases(plain))


def parts(word: str) -> list[str]:
    """Return a code name and its parts.

    >>> parts("zmq.again"), parts("recv_multipart"), parts("socket")
    (['zmq.again', 'zmq', 'again'], ['recv_multipart', 'recv', 'multipart'], ['socket'])
    """
    found = [word, *word.split("."), *re.split(r"[._]+", word)]
    return [part for part in dict.fromkeys(found) if part.strip("_")]


def without_particles(word: str, start: int, tokens: list[Any]) -> str:
    """Cut what follows a Korean word's stem: a glossary's term first, else what Kiwi says."""
    known = terms()
    for end in range(len(word), 0, -1):
        if word[:end] in known and (end == len(word) or word[end:] in ENDINGS):
            return word[:end]
    for token in tokens:
        if token.start > start and token.tag.startswith(PARTICLES):
            return word[: token.start - start]
    return word


def phrases(words: list[str]) -> Iterator[str]:
    """Find the glossary's terms of several words; give each joined, and a joined one's words."""
    for start in range(len(words)):
        for end in range(start + 1, min(start + LONGEST_NAME, len(words)) + 1):
            run = words[start:end]
            if not "".join(run).startswith(beginnings()):
                continue
            name = named().get(key(run), [])
            if len(run) > 1 and name:
                yield "".join(run)
            elif len(name) > 1:
                yield from (word for word in name if not LATIN_WORD.fullmatch(word))


def key(words: list[str]) -> str:
    """Return a name's stemmed words as the index and search.js know them: joined to one word.

    The index stems what is joined once more, so this does too.
    """
    return words[0] if len(words) == 1 else english().stem("".join(words))


@cache
def beginnings() -> tuple[str, ...]:
    """Return the first letters of all keys: a stem leaves a word's first two letters alone."""
    return tuple({name[:2] for name in named()})


@cache
def named() -> dict[str, list[str]]:
    """Return the words of each name by its key."""
    return {key(name): name for names in other_names() for name in names}


@cache
def terms() -> frozenset[str]:
    """Return the words of the glossary's Korean terms and of their other names."""
    return frozenset(
        word
        for term in table.terms()
        for name in (term.korean, *term.known)
        for word in (*WORD.findall(name), "".join(WORD.findall(name)))
        if re.fullmatch("[가-힣]+", word) and word not in ENDINGS
    )


@cache
def other_names() -> list[list[list[str]]]:
    """Return the names of each term in both languages; each name is a list of stemmed words."""
    stem = english().stem
    groups: list[list[str]] = [[t.english, t.korean, *t.known] for t in table.terms()]
    for names in ALSO:
        group = next((group for group in groups if group[0] == names[0]), None)
        if group is None:
            groups.append(list(names))
        else:
            group += names[1:]
    found = []
    for group in groups:
        by_key: dict[str, list[str]] = {}
        for name in group:
            words = [stem(word) for word in WORD.findall(re.sub(r" \(.*\)", "", name))]
            by_key.setdefault(key(words), words)
        if len(by_key) > 1:
            found.append(list(by_key.values()))
    return found


@cache
def misspelt() -> dict[str, str]:
    """Return how words are misspelt, and how they are written here."""
    return {
        wrong: get_close_matches(wrong, term.korean.split(), n=1, cutoff=0)[0]
        for term in table.terms()
        for wrong in term.misspelt
    }


@cache
def kiwi() -> Kiwi | None:
    """Load Kiwi (a second or two) and teach it the glossary; without it, say so once."""
    try:
        from kiwipiepy import Kiwi
    except ImportError:
        logger.warning(
            "Korean search: kiwipiepy is not installed:"
            " .venv/bin/pip install -r requirements.txt -c constraints.txt"
        )
        return None
    loaded = Kiwi(num_workers=1)
    for word in sorted(terms()):
        loaded.add_user_word(word, "NNG")
    return loaded
