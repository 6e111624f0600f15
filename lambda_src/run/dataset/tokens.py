"""How many tokens a text is, roughly.

Neither Nova's tokeniser nor a way to count its tokens before a call is public, so lengths are estimated from bytes:
four bytes of UTF-8 a token, the usual rule of thumb for English prose. Digits, code and JSON take more tokens than
that, long words fewer. ``rft probe`` measures the real ratio, from the token counts of Bedrock's own answers.
"""

BYTES_PER_TOKEN = 4.0


def estimated(text: str) -> int:
    """Tokens of a text, at least 1 for a text that is not empty.

    >>> estimated("How many apples are left?")
    7
    """
    size = len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
    return -int(-size // BYTES_PER_TOKEN)
