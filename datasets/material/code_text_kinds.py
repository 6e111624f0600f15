"""The kinds of small function that work on words and texts."""

import random
from collections.abc import Mapping

from datasets.material.code_kinds import Kind

# fmt: off
_WORDS = (
    "amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "harbor", "island", "jungle", "kettle",
    "lantern", "meadow", "nectar", "orchard", "pebble", "quartz", "river", "summit", "thunder", "umbrella",
    "valley", "willow", "yonder", "zephyr", "oak", "ash", "elm", "fig", "ivy",
)
# fmt: on


def _words(rng: random.Random, most: int = 7) -> list[str]:
    return [rng.choice(_WORDS) for _ in range(rng.randint(0, most))]


def _sentence(rng: random.Random) -> str:
    return " ".join(_words(rng))


def _runs(rng: random.Random) -> str:
    return "".join(rng.choice("abc") * rng.randint(1, 5) for _ in range(rng.randint(0, 6)))


def _clock(rng: random.Random) -> str:
    hour, minute = rng.choice([rng.randint(0, 23), rng.randint(0, 23), 31]), rng.choice([rng.randint(0, 59)] * 3 + [75])
    return rng.choice([f"{hour}:{minute:02}", f"{hour:02}:{minute:02}", f"{hour}-{minute:02}"])


TEXT_KINDS: Mapping[str, Kind] = {
    "shift": Kind(
        ("shift_letters", "encode_text"),
        "text",
        "replaces each lower-case letter of `text` by the one {k} places later in the alphabet, going on with `a` "
        "after `z`, and leaves every other character as it is",
        {"k": range(2, 25)},
        'letters = []\nfor letter in text:\n    if "a" <= letter <= "z":\n'
        '        letter = chr((ord(letter) - ord("a") + {k}) % 26 + ord("a"))\n'
        '    letters.append(letter)\nreturn "".join(letters)',
        lambda rng: [_sentence(rng).title() if rng.random() < 0.3 else _sentence(rng)],  # noqa: PLR2004 - now and then
    ),
    "reverse_long": Kind(
        ("reverse_long_words", "flip_words"),
        "sentence",
        "reverses the letters of every word of `sentence` that has {k} to {most} of them; words are separated by "
        "single spaces and keep their order",
        {"k": range(3, 6), "most": range(6, 10)},
        'words = [word[::-1] if {k} <= len(word) <= {most} else word for word in sentence.split(" ")]\n'
        'return " ".join(words)',
        lambda rng: [_sentence(rng)],
    ),
    "letters": Kind(
        ("count_letters", "letters_of"),
        "text",
        "returns how often the letters of `{letters}` occur in `text` altogether, be they lower or upper case, but at "
        "most {most}",
        {"letters": ("aeiou", "rst", "lmn", "bdp", "aey"), "most": range(5, 9)},
        'return min(sum(1 for letter in text.lower() if letter in "{letters}"), {most})',
        lambda rng: [_sentence(rng).upper() if rng.random() < 0.3 else _sentence(rng)],  # noqa: PLR2004 - now and then
    ),
    "top": Kind(
        ("top_words", "longest_words"),
        "words",
        "returns the {k} longest different words of the list `words` that have at least {least} letters, or all such "
        "words if there are fewer than {k}; longer words come first, and words of equal length in the order of the "
        "alphabet",
        {"k": range(2, 6), "least": range(3, 6)},
        "kept = {{word for word in words if len(word) >= {least}}}\n"
        "return sorted(kept, key=lambda word: (-len(word), word))[:{k}]",
        lambda rng: [_words(rng, 12)],
    ),
    "encode_runs": Kind(
        ("squeeze_runs", "shorten_runs"),
        "text",
        "replaces every run of at least {k} equal characters in `text` by the character, the sign `{sign}` and the "
        "length of the run; shorter runs stay as they are",
        {"k": range(2, 5), "sign": ("*", "x", "#", "~")},
        "parts = []\nstart = 0\nfor i in range(1, len(text) + 1):\n    if i == len(text) or text[i] != text[start]:\n"
        "        run = text[start:i]\n"
        '        parts.append(run if len(run) < {k} else run[0] + "{sign}" + str(len(run)))\n'
        '        start = i\nreturn "".join(parts)',
        lambda rng: [_runs(rng)],
    ),
    "group": Kind(
        ("group_words", "words_by_length"),
        "words",
        "returns a dictionary from the length of a word, as text, to the words of the list `words` that have this "
        "length, sorted and each listed once; words of more than {most} letters are left out, and so are words that "
        "begin with `{letter}`",
        {"most": range(5, 8), "letter": ("a", "e", "o", "w", "i")},
        "groups = {{}}\nfor word in sorted(set(words)):\n"
        '    if len(word) <= {most} and not word.startswith("{letter}"):\n'
        "        groups.setdefault(str(len(word)), []).append(word)\nreturn groups",
        lambda rng: [_words(rng, 10)],
    ),
    "between": Kind(
        ("text_between", "marked_texts"),
        "text",
        "returns the list of all pieces of `text` that stand between a `{start}` and the next `{end}` behind it; "
        "a `{start}` with no `{end}` behind it counts for nothing",
        {"start": ("<", "[", "(", "@"), "end": (">", "]", ")", ";")},
        'pieces = []\nposition = 0\nwhile True:\n    start = text.find("{start}", position)\n'
        '    end = text.find("{end}", start + 1)\n    if start < 0 or end < 0:\n        return pieces\n'
        "    pieces.append(text[start + 1 : end])\n    position = end + 1",
        lambda rng: ["".join(rng.choice("<[(@>]);ab ") for _ in range(rng.randint(6, 40)))],
    ),
    "to_base": Kind(
        ("to_base", "digits_in_base"),
        "number",
        "returns the whole number `number`, which is not negative, written in base {base}, with zeros in front so that "
        "there are at least {width} digits; digits above 9 are the letters from `a` on",
        {"base": (2, 3, 5, 7, 12, 16), "width": range(3, 6)},
        'digits = ""\nwhile number:\n    number, digit = divmod(number, {base})\n'
        '    digits = "0123456789abcdef"[digit] + digits\nreturn digits.rjust({width}, "0")',
        lambda rng: [rng.choice([rng.randint(0, 20), rng.randint(0, 4000)])],
    ),
    "minutes": Kind(
        ("minutes_of_day", "clock_minutes"),
        "clock",
        "returns how many minutes after midnight it is at `clock`, a text such as `9:05` or `21:30`, on a clock that "
        "is {late} minutes late (so add them, and begin at 0 again after 1439); it raises `ValueError` if the text is "
        "no time between `0:00` and `23:59` with a colon and two digits for the minutes",
        {"late": range(3, 40)},
        'hours, colon, minutes = clock.partition(":")\n'
        "if not (colon and hours.isdigit() and minutes.isdigit() and len(minutes) == 2):\n    raise ValueError(clock)\n"
        "if int(hours) > 23 or int(minutes) > 59:\n    raise ValueError(clock)\n"
        "return (60 * int(hours) + int(minutes) + {late}) % 1440",
        lambda rng: [_clock(rng)],
    ),
    "brackets": Kind(
        ("first_bracket_error", "bracket_error"),
        "text",
        "returns the position, counted from 0, of the first character of `text` at which the brackets `{pair}` and "
        "`{other}` go wrong: a closing one that does not match the last one still open, or the one that makes more "
        "than {depth} open at once; it returns -1 if there is none and all are closed, and the length of the text if "
        "some stay open",
        {"pair": ("()", "[]"), "other": ("<>", "{}"), "depth": range(2, 5)},
        'pairs = {{"{pair[1]}": "{pair[0]}", "{other[1]}": "{other[0]}"}}\nopened = []\n'
        "for position, sign in enumerate(text):\n    if sign in pairs.values():\n        opened.append(sign)\n"
        "        if len(opened) > {depth}:\n            return position\n    elif sign in pairs:\n"
        "        if not opened or opened.pop() != pairs[sign]:\n            return position\n"
        "return len(text) if opened else -1",
        lambda rng: ["".join(rng.choice("()()[]<>{}a") for _ in range(rng.randint(0, 12)))],
    ),
    "acronym": Kind(
        ("initials", "acronym"),
        "sentence",
        "returns the first letters of the words of `sentence`, in upper case and separated by `{mark}`; the words "
        "`{skip}` and `{also}` are left out",
        {"mark": (".", "-", "/"), "skip": ("oak", "river", "ash"), "also": ("fig", "cedar", "elm")},
        'words = [word for word in sentence.split() if word not in ("{skip}", "{also}")]\n'
        'return "{mark}".join(word[0].upper() for word in words)',
        lambda rng: [_sentence(rng)],
    ),
}
