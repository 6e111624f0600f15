"""Values that open something. Those of documentation open nothing."""

import re
from typing import Final

from .hints import Hint
from .kind import Kind

_PLACEHOLDER: Final = re.compile(
    r"example|changeme|placeholder|your[_-]?|dummy|redacted|x{6}|\*{3}|0{8}|1234567|^(?:password|pass|pwd|secret|token|user)$|^[<${\[]",
    re.IGNORECASE,
)
_DOCUMENTED_JWT: Final = ".eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9l"  # John Doe of https://jwt.io


def _is_credential(value: str) -> bool:
    return _PLACEHOLDER.search(value) is None


def _is_jwt(value: str) -> bool:
    return _DOCUMENTED_JWT not in value


def _token(name: str, pattern: str, *marks: str) -> Kind:
    whole = re.compile(rf"(?<![\w-])(?:{pattern})(?![\w-])")
    return Kind(name, Hint.TOKEN, whole, _is_credential, marks, shown=(4, 0))


KINDS: Final = (
    _token("an AWS access key id", r"(?:AKIA|ASIA)[A-Z2-7]{16}", "AKIA", "ASIA"),
    Kind(
        "an AWS secret access key",
        Hint.TOKEN,
        re.compile(r"(?i:secret|aws)[\w ]{0,30}[\"']?\s{0,3}[:=]\s{0,3}[\"']?([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])"),
        _is_credential,
        ("ecret", "ECRET", "aws", "AWS"),
        shown=(4, 0),
    ),
    Kind(
        "a private key",
        Hint.TOKEN,
        re.compile(r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,2}PRIVATE KEY(?: BLOCK)?-----\s*[A-Za-z0-9+/:=\s-]{20}"),
        marks=("PRIVATE KEY",),
        shown=(15, 0),
        rest=re.compile(r"[A-Za-z0-9+/:=,\s]*(?:-----END [A-Z0-9 ]{0,30}-----)?"),
    ),
    Kind(
        "a JSON web token",
        Hint.TOKEN,
        re.compile(r"(?<![\w-])eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}"),
        _is_jwt,
        ("eyJ",),
        shown=(4, 0),
    ),
    _token(
        "a GitHub token",
        r"gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_\w{50,255}",
        *("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
    ),
    _token("a GitLab token", r"glpat-[\w-]{20,}", "glpat-"),
    _token("a Slack token", r"xox[abeoprs]-[0-9A-Za-z-]{10,}", "xox"),
    _token("an npm token", r"npm_[A-Za-z0-9]{36}", "npm_"),
    _token("a PyPI token", r"pypi-AgEI[\w-]{50,}", "pypi-"),
    _token("a Hugging Face token", r"hf_[A-Za-z0-9]{30,}", "hf_"),
    _token("a Google API key", r"AIza[\w-]{35}", "AIza"),
    _token("a Stripe key", r"[rs]k_live_[A-Za-z0-9]{16,}", "k_live_"),
    _token("an OpenAI or Anthropic key", r"sk-(?:ant-|proj-|svcacct-)?[\w-]{20,}", "sk-"),
    _token("a SendGrid key", r"SG\.[\w-]{22}\.[\w-]{43}", "SG."),
    Kind(
        "a Slack webhook",
        Hint.TOKEN,
        re.compile(r"hooks\.slack\.com/services/(T\w{8,}/B\w{8,}/\w{20,})"),
        _is_credential,
        ("hooks.slack.com",),
        shown=(4, 0),
    ),
    Kind(
        "a password in a URL",
        Hint.LOGIN,
        re.compile(r"\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@\"'<>]{0,64}:([^\s/@\"'<>]{3,128})@(?!example\.)[\w.-]+"),
        _is_credential,
        ("://",),
        shown=(0, 0),
    ),
)
