import pytest
from actor import handle, score
from collections import Counter
from troupe.testing import Hop, run


def classify(subject: str, body: str, **options) -> Hop:
    mail = {"id": "m1", "from": "ada@example.com", "subject": subject, "body": body}
    return run(handle, mail, next=["reply"], grants=["extract"], **options)


@pytest.mark.parametrize(
    ("subject", "body", "topic", "lang"),
    [
        ("My parcel", "When will order ORD-10234 be delivered?", "orders", "en"),
        ("Rechnung", "Hallo, die Rechnung ist falsch, ich bitte um Erstattung.", "billing", "de"),
        ("Störung", "Die Seite ist seit heute nicht erreichbar.", "outage", "de"),
        ("A question", "Do you have an office in Lisbon?", "other", "en"),
        ("", "", "other", "en"),
    ],
)
def test_topic_and_language_travel_as_headers(subject, body, topic, lang):
    [emit] = classify(subject, body).emits
    assert emit.headers == {"topic": topic, "lang": lang}
    assert emit.payload["topic"] == topic


def test_spam_ends_here():
    hop = classify("You are a WINNER", "Claim your lottery prize, click now!")
    assert hop.failure is None
    assert hop.emits == []
    assert "m1 from ada@example.com is spam" in hop.logs[0][1]


def test_orders_are_extracted_first_unless_the_mesh_does_without():
    assert classify("Order ORD-10234", "").emits[0].route.next == ["extract", "reply"]
    without = classify("Order ORD-10234", "", headers={"without": ["extract"]})
    assert without.emits[0].route.next == ["reply"]


def test_outages_are_told_at_once():
    assert classify("The API is down", "503 since noon").flies == [{"outage": "m1", "subject": "The API is down"}]
    assert classify("Thanks", "All is well").flies == []


def test_a_word_said_again_says_less():
    weights = {"down": 2.0}
    assert [score(Counter(down=n), weights) for n in range(4)] == [0, 2, 3, 3.5]


def test_what_has_no_body_fails():
    assert run(handle, {"id": "m1"}).failure.kind == "KeyError"
