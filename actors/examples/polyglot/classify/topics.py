"""What mails are about, and which words say so."""

WEIGHTS: dict[str, dict[str, float]] = {
    "orders": {
        "order": 2, "orders": 2, "ord": 3, "bestellung": 3, "bestellnummer": 3, "delivery": 2, "delivered": 2,
        "lieferung": 2, "geliefert": 2, "parcel": 2, "paket": 2, "tracking": 2, "shipped": 2, "return": 1, "exchange": 1,
        "umtausch": 2, "arrived": 1, "angekommen": 1,
    },
    "billing": {
        "invoice": 3, "rechnung": 3, "refund": 3, "erstattung": 3, "charged": 3, "abgebucht": 3, "payment": 2,
        "zahlung": 2, "card": 1, "iban": 2, "vat": 2, "receipt": 2, "transfer": 1, "überwiesen": 2, "subscription": 2,
        "konto": 1, "twice": 1,
    },
    "outage": {
        "outage": 4, "down": 3, "störung": 4, "ausfall": 4, "error": 2, "fehler": 2, "unreachable": 3, "timeout": 3,
        "502": 3, "503": 3, "500": 2, "login": 1, "nicht": 1, "erreichbar": 3, "offline": 3, "crashes": 2,
    },
    "spam": {
        "winner": 4, "lottery": 4, "prize": 3, "casino": 4, "viagra": 4, "crypto": 3, "guaranteed": 3, "investment": 2,
        "click": 2, "unsubscribe": 2, "free": 1, "million": 3, "inheritance": 4, "gewonnen": 4, "kredit": 2, "seo": 4,
        "backlinks": 4, "limited": 1, "offer": 1, "now": 0.5,
    },
}
"""How much a word speaks for a topic."""

LEAST = 2.5
"""A topic of which less is said is not what a mail is about."""

GERMAN = frozenset(
    "aber bitte danke das der die ein eine für guten hallo ich ist können mein meine mit nicht noch seit sie und von wir zu".split()
)
"""Words that are in most German texts and in no English one."""
