"""Answers that are no, in words that a visitor can act on."""


class Calm(Exception):
    """It was not done: `says` is for the visitor, `status` for HTTP."""

    def __init__(self, status: int, says: str) -> None:
        super().__init__(says)
        self.status = status
        self.says = says
