"""A browser without a screen: follows links, keeps cookies, fills in forms as a person would."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx


@dataclass
class Form:
    """One form of a page, with what stands in it."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)

    def with_values(self, values: dict[str, str]) -> list[tuple[str, str]]:
        """What is sent: the form's own fields, those in `values` set anew."""
        return [(name, value) for name, value in self.fields if name not in values] + list(values.items())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.words: list[str] = []
        self._in_form = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "form":
            self.forms.append(Form(told.get("action") or "", (told.get("method") or "get").lower()))
            self._in_form = True
        elif tag == "input" and self._in_form and told.get("name"):
            is_choice = told.get("type") in ("checkbox", "radio")
            if not is_choice or "checked" in told:
                self.forms[-1].fields.append((str(told["name"]), told.get("value") or ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._in_form = False

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.words.append(" ".join(data.split()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What is shown."""

    url: str
    status: int
    words: str
    forms: tuple[Form, ...]


class Browser:
    """One person's browser."""

    def __init__(self) -> None:
        self._client = httpx.Client(follow_redirects=True, timeout=30)

    def open(self, url: str) -> Page:
        """Look at an address."""
        return _page(self._client.get(url))

    def submit(self, page: Page, form: int = 0, **values: str) -> Page:
        """Fill in one of the page's forms and send it."""
        chosen = page.forms[form]
        sent: dict[str, list[str]] = {}
        for name, value in chosen.with_values(values):
            sent.setdefault(name, []).append(value)
        return _page(self._client.post(urljoin(page.url, chosen.action), data=sent))

    def close(self) -> None:
        self._client.close()


def _page(answer: httpx.Response) -> Page:
    reader = _Reader()
    reader.feed(answer.text)
    words = " ".join(reader.words)
    return Page(url=str(answer.url), status=answer.status_code, words=words, forms=tuple(reader.forms))
