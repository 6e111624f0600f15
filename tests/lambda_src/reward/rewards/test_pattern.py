"""Patterns: what Python's own engine finds, in time that depends on the length alone."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambda_src.reward.rewards._text.pattern import PatternError, compiled

ATOMS = [
    "a",
    "b",
    "1",
    " ",
    r"\d",
    r"\w",
    ".",
    "[ab]",
    "[^a]",
    r"\b",
    r"\B",
    "^",
    "$",
    r"\A",
    r"\Z",
    r"\s",
    r"\n",
    "(?:)",
    r"\.",
]
REPEATS = ["*", "+", "?", "{2}", "{1,2}", "{0}", "{2,}", "{,2}", "*?", "+?"]
PATTERNS = st.recursive(
    st.sampled_from(ATOMS),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda pair: f"(?:{pair[0]}|{pair[1]})"),
        st.tuples(inner, st.sampled_from(REPEATS)).map(lambda pair: f"({pair[0]}){pair[1]}"),
    ),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(["", "(?m)", "(?i)", "(?s)"]), PATTERNS, st.text("aAb1 \nx\u00e9.", max_size=8))
def test_a_pattern_means_what_it_means_to_python(flags: str, source: str, text: str) -> None:
    pattern, text = flags + source, text.rstrip() or "a"  # responses have no blanks at their ends

    assert compiled(pattern).is_in(text) == bool(re.search(pattern, text))
    assert compiled(pattern).is_whole(text) == bool(re.fullmatch(pattern, text))


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        pytest.param(r"(?m)^Label: (spam|ham)$", "So:\nLabel: ham\nDone", True, id="a line"),
        pytest.param(r"\{\d{1,3}\}", "it is {042}", True, id="escaped braces"),
        pytest.param('{"a"', 'x{"a"', True, id="a brace that counts nothing"),
        pytest.param(r"(?P<year>\d{4})-\d\d", "in 2025-07", True, id="named group"),
        pytest.param(r"[]x]", "]", True, id="a bracket within a class"),
        pytest.param(r"[^\]]+", "]]", False, id="an escaped bracket within a class"),
        pytest.param(r"(?ai)\w+$", "\u00e9", False, id="ASCII"),
        pytest.param(r"\x41\u0042\N{LATIN CAPITAL LETTER C}", "ABC", True, id="characters by number and name"),
        pytest.param("", "", True, id="nothing"),
    ],
)
def test_the_notation_is_that_of_python(pattern: str, text: str, found: bool) -> None:
    assert compiled(pattern).is_in(text) is found is bool(re.search(pattern, text))


@pytest.mark.parametrize(
    ("pattern", "part"),
    [
        pytest.param(r"(a+)+$", "a", id="nested"),
        pytest.param(r"(a|aa)+$", "a", id="alternatives"),
        pytest.param(r"(.*a){9}", "ab", id="many ways"),
        pytest.param(r"\d+ euros", "1", id="search"),
        pytest.param(r"A.*b.*c.*d", "Abc", id="several stars"),
        pytest.param(r"\s+$", " ", id="blanks"),
        pytest.param(r"^(\w+\s?)*$", "word ", id="words"),
    ],
)
def test_patterns_that_take_python_minutes_are_followed(pattern: str, part: str) -> None:
    text = (part * 100_000)[:100_000] + "!"

    assert compiled(pattern).is_in(text) in (True, False)
    assert compiled(pattern).is_whole(text) is False


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        pytest.param("[a", "unterminated character set", id="no pattern"),
        pytest.param(r"(a)\1", "references, look-around", id="reference"),
        pytest.param("(?<=a)b", "references, look-around", id="look-behind"),
        pytest.param("(?>a)b", "references, look-around", id="atomic"),
        pytest.param("a++", "references, look-around", id="possessive"),
        pytest.param("a{1,2}+", "references, look-around", id="possessive count"),
        pytest.param("(?x) a # b", "references, look-around", id="verbose"),
        pytest.param("a(?i:b)", "references, look-around", id="flags of a group"),
        pytest.param("((a{50}){50}){50}", "too large", id="counts"),
        pytest.param("(a|b)*a(a|b){14}", "too many states", id="states"),
    ],
)
def test_what_cannot_be_followed_is_refused(pattern: str, message: str) -> None:
    with pytest.raises(PatternError, match=message):
        compiled(pattern)
