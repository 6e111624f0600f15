"""Key figures side by side."""

from collections.abc import Mapping

from rft.views.markup import text


def tiles(values: Mapping[str, str]) -> str:
    """Each name above its value."""
    each = "".join(f"<div><dt>{text(name)}</dt><dd>{text(value)}</dd></div>" for name, value in values.items())
    return f'<dl class="tiles">{each}</dl>'
