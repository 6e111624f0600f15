"""What ``rft check`` found, as one page."""

from collections.abc import Mapping
from typing import Any

from rft.checking import fix as check_fix
from rft.views import audit_page, dataset_page, probe_page
from rft.views.html_file import html_file
from rft.views.markup import text


def render(found: Mapping[str, Any]) -> str:
    """The whole page.

    Args:
        found: ``CheckResult.to_json``.
    """
    parts = (
        ("repair", check_fix.sections),
        ("dataset", dataset_page.sections),
        ("audit", audit_page.section),
        ("probe", probe_page.sections),
    )
    body = "".join(section(found[key]) for key, section in parts if found.get(key))
    return html_file(str(found.get("title")), _header(found) + body)


def _header(found: Mapping[str, Any]) -> str:
    passed = bool(found.get("passed"))
    look, verdict = ("healthy", "Sound") if passed else ("failed", "Not sound")
    reasons = (found.get("remarks") if passed else found.get("broken")) or ["nothing to correct"]
    subject = "The records and the grader" if found.get("audit") else "The records"
    return (
        f'<header><h1>{text(found.get("title"))}</h1><p class="run">{subject}, before any training</p>'
        f'<p class="verdict {look}"><strong>{verdict}</strong> {text((", " if not passed else "; ").join(reasons))}</p>'
        "</header>\n"
    )
