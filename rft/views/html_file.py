"""A page that needs nothing but itself: no network, no script, light and dark."""

from pathlib import Path

from rft.views.markup import text

_CSS = Path(__file__).with_name("page.css")


def html_file(title: str, body: str) -> str:
    """The page.

    Args:
        title: Plain text.
        body: Markup, complete with its headings.
    """
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{text(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<style>\n{_CSS.read_text(encoding='utf-8')}</style></head>\n"
        f"<body><main>\n{body}</main></body></html>\n"
    )
