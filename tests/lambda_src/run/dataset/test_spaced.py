import pytest

from lambda_src.run.dataset.spaced import Spaced


@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 1_000])
def test_up_to_as_many_as_asked_for_are_kept_evenly_spaced(count: int) -> None:
    spaced = Spaced[int](10)

    for number in range(count):
        if spaced.wants():
            spaced.keep(number)

    steps = {later - earlier for earlier, later in zip(spaced.kept, spaced.kept[1:], strict=False)}
    assert min(count, 5) <= len(spaced.kept) <= 10
    assert len(steps) <= 1
    assert not spaced.kept or spaced.kept[-1] + max(steps, default=1) >= count
