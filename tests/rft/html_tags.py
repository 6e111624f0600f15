"""The tags of a page, each of which has to be closed."""

from html.parser import HTMLParser

_VOID = ("br", "meta")


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.attributes: set[str] = set()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(tag)
        self.attributes.update(name for name, _ in attrs)
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(tag)
        self.attributes.update(name for name, _ in attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def tags(html: str) -> list[str]:
    """Every tag that is opened; fails where one is not closed, or not in its turn."""
    return _parsed(html).found


def runs_or_fetches(html: str) -> set[str]:
    """The tags and attributes that make a page run or fetch something."""
    parsed = _parsed(html)
    handlers = {name for name in parsed.attributes if name.startswith("on") or name == "src"}
    return handlers | ({"script", "link", "img", "iframe", "object", "embed"} & set(parsed.found))


def _parsed(html: str) -> _Tags:
    parser = _Tags()
    parser.feed(html)
    parser.close()
    assert parser.open == []
    return parser
