import pytest

from rehearsal.bedrock.runtime.judge import measures
from rehearsal.bedrock.runtime.judge.words import text_of

SOURCE = text_of(
    "The north depot delivered 420 parcels on Monday. Because of black ice, 31 parcels were late. "
    "The manager approved a new ramp. Nobody was hurt."
)
REFERENCE = text_of("The north depot delivered 420 parcels; 31 were late because of black ice.")


@pytest.mark.parametrize(
    ("statement", "share"),
    [
        pytest.param("The depot delivered 420 parcels on Monday.", 1.0, id="said so"),
        pytest.param("31 parcels were late because of black ice.", 1.0, id="in another order"),
        pytest.param("The depot delivered 421 parcels on Monday.", 0.0, id="another number"),
        pytest.param("Nobody counted the 420 dogs.", 0.0, id="a number of something else"),
        pytest.param("The manager rejected a new ramp.", 0.0, id="the opposite"),
        pytest.param("The manager did not approve a new ramp.", 0.0, id="denied"),
        pytest.param("Zebras juggle lanterns.", 0.0, id="something else"),
        pytest.param("", 0.0, id="nothing"),
    ],
)
def test_support_is_the_share_of_words_that_follow_from_the_source(statement: str, share: float) -> None:
    assert measures.support(text_of(statement), [SOURCE]) == pytest.approx(share)


def test_a_sentence_that_is_partly_made_up_is_partly_supported() -> None:
    assert 0.4 < measures.support(text_of("The manager approved a new ramp and a zebra and lanterns."), [SOURCE]) < 0.7


@pytest.mark.parametrize(
    ("response", "least", "most"),
    [
        pytest.param("The north depot delivered 420 parcels; 31 were late because of black ice.", 1, 1, id="all"),
        pytest.param(
            "Because of black ice 31 of 420 parcels of the north depot were delivered late.", 1, 1, id="reworded"
        ),
        pytest.param("The depot delivered parcels.", 0.2, 0.5, id="some"),
        pytest.param("Excellent! Full marks!", 0, 0, id="none"),
    ],
)
def test_coverage_is_the_share_of_the_reference(response: str, least: float, most: float) -> None:
    assert least <= measures.coverage(text_of(response), REFERENCE) <= most


def test_the_source_over_again_is_a_copy_and_a_summary_in_its_words_is_none() -> None:
    long_source = text_of(" ".join(f"On day {n} the depot sent {n * 7} parcels to town {n}." for n in range(1, 20)))
    summary = text_of("On day 3 the depot sent 21 parcels to town 3.")

    assert measures.is_copy(long_source, long_source, summary)
    assert not measures.is_copy(summary, long_source, summary)


@pytest.mark.parametrize(
    ("times", "share"),
    [(0.1, 0.0), (0.7, 1.0), (1, 1.0), (3.5, 0.0)],
    ids=["too short", "short", "as long", "too long"],
)
def test_length_is_compared_with_the_reference(times: float, share: float) -> None:
    reference = text_of("word " * 100)

    assert measures.length(text_of("word " * int(100 * times)), reference) == share


def test_a_short_reference_asks_for_no_least_length() -> None:
    assert measures.length(text_of("42"), text_of("The answer is 42.")) == 1.0


def test_repetition_costs_variety() -> None:
    sentence = "The north depot delivered 420 parcels on Monday. "

    assert measures.variety(text_of(sentence)) == 1.0
    assert measures.variety(text_of(sentence * 8)) == 0.0
