import pytest

from lambda_src.private.checksums import is_iban, is_luhn


@pytest.mark.parametrize("digits", ["4539148803436467", "378282246310005", "0", "18"])
def test_a_number_with_its_check_digit_is_taken(digits: str) -> None:
    assert is_luhn(digits)


@pytest.mark.parametrize("digits", ["4539148803436468", "4539148803436476", "1"])
def test_a_digit_changed_or_two_exchanged_are_not(digits: str) -> None:
    assert not is_luhn(digits)


@pytest.mark.parametrize("number", ["DE75512108001245126199", "NO8330001234567", "MT84MALT011000012345MTLCAST001S"])
def test_an_account_with_its_check_digits_is_taken(number: str) -> None:
    assert is_iban(number)


@pytest.mark.parametrize(
    "number", ["DE76512108001245126199", "DE75512108001245126198", "DE75", "GB82WEST1234569876543"]
)
def test_one_with_others_or_of_no_countrys_length_is_not(number: str) -> None:
    assert not is_iban(number)
