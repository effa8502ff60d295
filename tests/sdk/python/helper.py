"""A module beside the actor's."""


class HelperError(ValueError):
    """One of its own."""
