import pytest

from benchmarks.grader import HOSTILE, LONG, timed
from benchmarks.personal_data import Case, cases
from lambda_src.private.redaction import redacted
from lambda_src.run.dataset.finding import Place
from lambda_src.run.dataset.private import private

CASES = list(cases())
LINES = "MIIEowIBAAKCAQEA0Z3VS5JJcds3xfn/ygWyF8PbnGy0AHB7\nq5p2Xw=="
KEY = f"-----BEGIN RSA PRIVATE KEY-----\n{LINES}\n-----END RSA PRIVATE KEY-----"


def finds(text: str) -> int:
    return len(list(private({"text": text}, Place("file"))))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.text[:30].encode("unicode_escape").decode())
def test_what_is_found_is_replaced_and_nothing_else_is_changed(case: Case) -> None:
    text = redacted(case.text)

    assert (text != case.text) == bool(case.rule)
    assert finds(text) == 0


def test_every_value_is_replaced() -> None:
    text = "ada@lovelace.org, bob@lovelace.org: 536-90-4399, user@example.com"

    assert redacted(text) == "[e-mail address], [e-mail address]: [US social security number], user@example.com"


def test_of_a_password_in_a_url_the_rest_stays() -> None:
    assert redacted("postgres://app:S3cr3t!pw@db.corp.io/x") == "postgres://app:[password in a URL]@db.corp.io/x"


@pytest.mark.parametrize("rest", ["", "\n\nThe answer is 4."])
def test_a_private_key_goes_to_its_end(rest: str) -> None:
    assert redacted(f"It is {KEY}{rest}") == f"It is [private key]{rest}"


def test_a_private_key_that_breaks_off_leaves_none_of_its_lines() -> None:
    assert redacted(KEY.partition("\n-----END")[0]) == "[private key]"


@pytest.mark.parametrize(
    "part", [*HOSTILE.values(), "-----BEGIN PRIVATE KEY-----", KEY[:60], "a@b.", "1-", "+1 2", "://a:", "eyJ", "AA00 "]
)
def test_a_hostile_response_costs_little(part: str) -> None:
    assert timed(redacted, (part * (LONG // len(part) + 1))[:LONG]) < 1_000  # ms
