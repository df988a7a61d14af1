"""A browser without a screen: follows links from host to host, keeps cookies, fills in forms as a person would."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx

LONGEST_WAY = 5
"""A page that sends on sends to one that does not, soon."""


@dataclass
class Form:
    """One form of a page, with what stands in it."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    choices: list[tuple[str, str, str]] = field(default_factory=list)
    """Every box and every circle: its name, its value, and the words beside it."""

    def choice(self, name: str, words: str) -> str:
        """The value of the circle or box beside which these words stand."""
        return next(value for kind, value, beside in self.choices if kind == name and words in beside)

    def with_values(self, values: dict[str, str]) -> list[tuple[str, str]]:
        """What is sent: the form's own fields, those in `values` set anew."""
        return [(name, value) for name, value in self.fields if name not in values] + list(values.items())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.words: list[str] = []
        self.leads_to = ""
        self._in_form = False
        self._select = ""
        self._beside: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "form":
            self.forms.append(Form(told.get("action") or "", (told.get("method") or "get").lower()))
            self._in_form = True
        elif tag == "input" and self._in_form and told.get("name"):
            name, value = str(told["name"]), told.get("value") or ""
            is_choice = told.get("type") in ("checkbox", "radio")
            if is_choice:
                self.forms[-1].choices.append((name, value, ""))
            if not is_choice or "checked" in told:
                self.forms[-1].fields.append((name, value))
        elif tag == "select" and self._in_form:
            self._select = told.get("name") or ""
        elif tag == "option" and self._select:
            fields = self.forms[-1].fields
            if "selected" in told or self._select not in dict(fields):
                fields[:] = [one for one in fields if one[0] != self._select]
                fields.append((self._select, told.get("value") or ""))
        elif tag == "label":
            self._beside = []
        elif tag == "meta" and told.get("http-equiv") == "refresh":
            self.leads_to = (told.get("content") or "").partition("url=")[2]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._in_form = False
        elif tag == "select":
            self._select = ""
        elif tag == "label":
            if self._in_form and self.forms[-1].choices and not self.forms[-1].choices[-1][2]:
                name, value, _ = self.forms[-1].choices[-1]
                self.forms[-1].choices[-1] = (name, value, " ".join(self._beside or ()))
            self._beside = None

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.words.append(" ".join(data.split()))
            if self._beside is not None:
                self._beside.append(self.words[-1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What is shown."""

    url: str
    status: int
    words: str
    forms: tuple[Form, ...]
    leads_to: str = ""
    """Where the page itself sends on, at once."""


class Browser:
    """One person's browser."""

    def __init__(self) -> None:
        self._client = httpx.Client(follow_redirects=True, timeout=30)

    def open(self, url: str) -> Page:
        """Look at an address, and wherever it leads."""
        return self._arrived(_page(self._client.get(url)))

    def submit(self, page: Page, form: int = 0, **values: str) -> Page:
        """Fill in one of the page's forms and send it."""
        chosen = page.forms[form]
        sent: dict[str, list[str]] = {}
        for name, value in chosen.with_values(values):
            sent.setdefault(name, []).append(value)
        return self._arrived(_page(self._client.post(urljoin(page.url, chosen.action), data=sent)))

    def close(self) -> None:
        self._client.close()

    def _arrived(self, page: Page) -> Page:
        for _ in range(LONGEST_WAY):
            if not page.leads_to:
                break
            page = _page(self._client.get(urljoin(page.url, page.leads_to)))
        return page


def _page(answer: httpx.Response) -> Page:
    reader = _Reader()
    reader.feed(answer.text)
    words = " ".join(reader.words)
    return Page(
        url=str(answer.url),
        status=answer.status_code,
        words=words,
        forms=tuple(reader.forms),
        leads_to=reader.leads_to,
    )
