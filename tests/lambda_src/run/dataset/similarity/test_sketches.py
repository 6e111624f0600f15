import subprocess
import sys

import pytest

from lambda_src.run.dataset.similarity.sketches import SIZE, Sketches, likeness, longest_difference


def sketched(*texts: str) -> Sketches:
    sketches = Sketches()
    for text in texts:
        sketches.add(text.encode().split())
    sketches.close()
    return sketches


def numbered(count: int, prefix: str = "w") -> str:
    return " ".join(f"{prefix}{n}" for n in range(count))


@pytest.mark.parametrize(
    ("one", "other", "index"),
    [
        pytest.param("a b c d", "a b c d", 1.0, id="equal"),
        pytest.param("a b c d", "a b c e", 1 / 3, id="one of three triples"),
        pytest.param("a b c", "d e f", 0.0, id="nothing in common"),
        pytest.param("a", "a", 1.0, id="fewer words than a triple has"),
        pytest.param("a", "b", 0.0, id="other single words"),
        pytest.param("a b c a b c a b c", "a b c a b", 1.0, id="repetition does not count"),
    ],
)
def test_likeness_is_the_jaccard_index_of_the_triples(one: str, other: str, index: float) -> None:
    sketches = sketched(one, other)

    assert likeness(sketches[0], sketches[1]) == pytest.approx(index)


def test_of_a_long_text_64_triples_are_kept_and_the_index_is_estimated() -> None:
    sketches = sketched(numbered(3_000), numbered(2_700))

    assert [len(sketches[text].own) for text in (0, 1)] == [SIZE, SIZE]
    assert not sketches[0].is_whole
    assert likeness(sketches[0], sketches[1]) == pytest.approx(0.9, abs=0.12)


def test_a_long_text_is_comparable_with_a_short_one() -> None:
    sketches = sketched(numbered(80), numbered(64))

    assert likeness(sketches[0], sketches[1]) == pytest.approx(62 / 78, abs=0.12)


def test_what_many_texts_share_does_not_count() -> None:
    shared = numbered(200, "shared")

    sketches = sketched(*(f"{shared} {numbered(5, f'own{n}x')}" for n in range(40)))

    assert len(sketches[0].own) == 5, "own triples, those at the border included"
    assert likeness(sketches[0], sketches[1]) == 0.0


@pytest.mark.parametrize("texts", [40, 600, 2_500], ids=["few", "more than are waited for", "more than are counted"])
def test_the_template_is_known_however_many_texts_there_are(texts: int) -> None:
    shared = numbered(100, "shared")

    sketches = sketched(*(f"{shared} {numbered(8, f'own{n}x')}" for n in range(texts)))

    assert max(likeness(sketches[n], sketches[n + 1]) for n in range(0, texts - 1, 7)) < 0.1


def test_texts_that_are_nothing_but_template_are_alike_only_if_they_are_the_same() -> None:
    one, other = numbered(30), f"{numbered(29)} w29 w0 w1 w2"

    sketches = sketched(*[one] * 30, *[other] * 30)

    assert likeness(sketches[0], sketches[1]) == 1.0
    assert likeness(sketches[0], sketches[30]) < 0.7


@pytest.mark.parametrize(
    ("other", "longest"),
    [
        pytest.param("a b c d e f g h i j", 0, id="the same"),
        pytest.param("a b c d X f g h i j", 3, id="one word"),
        pytest.param("X b c d e f g h i Y", 1, id="two words far from each other"),
        pytest.param("a b c d e f g h i j k l m n", 4, id="words added"),
    ],
)
def test_the_longest_difference_is_counted_in_triples_in_a_row(other: str, longest: int) -> None:
    sketches = sketched("a b c d e f g h i j", other)

    assert longest_difference(sketches[0], sketches[1]) == longest


def test_sketches_are_the_same_in_every_process() -> None:
    """Hashes of texts are not; then the same file would be judged differently from run to run."""
    code = (
        "from lambda_src.run.dataset.similarity.sketches import Sketches\n"
        "s = Sketches(); s.add([b'%d' % n for n in range(500)]); s.close(); print(sorted(s[0].own))"
    )

    runs = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, check=True, capture_output=True
        ).stdout
        for seed in ("1", "2")
    }

    assert len(runs) == 1
