"""Says what a mail is about and in which language it is, and sends it on accordingly."""

import re
from collections import Counter
from typing import Any

from topics import GERMAN, LEAST, WEIGHTS
from troupe import FLY, GET, SET, Steps, log

OTHER = "other"
"""A mail that is about nothing in particular."""


def handle(mail: dict[str, Any]) -> Steps:
    """Spam ends here; mails about orders are looked through for them first; of an outage others are told at once."""
    words = words_of(mail)
    scores = {topic: score(words, weights) for topic, weights in WEIGHTS.items()}
    topic = topic_of(scores)
    if topic == "spam":
        # What emits nothing ends its route.
        log("info", f"{mail.get('id')} from {mail.get('from')} is spam: {scores['spam']:.1f}")
        return
    yield SET(".headers.topic", topic)
    yield SET(".headers.lang", "de" if len(GERMAN & words.keys()) > 1 else "en")
    if topic == "outage":
        yield FLY({"outage": mail.get("id"), "subject": mail.get("subject")})
    # The sender says which actors its mesh does without.
    without = yield GET(".headers.without", [])
    if topic == "orders" and "extract" not in without:
        yield SET(".route.next[:0]", ["extract"])
    yield {**mail, "topic": topic, "scores": scores}


def words_of(mail: dict[str, Any]) -> Counter[str]:
    """How often each word is in a mail; those of the subject count twice."""
    subject, body = mail.get("subject", ""), mail["body"]
    return Counter(re.findall(r"[^\W_]+", f"{subject} {subject} {body}".lower()))


def score(words: Counter[str], weights: dict[str, float]) -> float:
    """How much of a mail is about a topic. The first mention of a word says most: the second half as much, and so on."""
    return sum(weight * (2 - 2 ** (1 - words[word])) for word, weight in weights.items())


def topic_of(scores: dict[str, float]) -> str:
    """The topic that most is said of."""
    topic, most = max(scores.items(), key=lambda item: item[1])
    return topic if most >= LEAST else OTHER
