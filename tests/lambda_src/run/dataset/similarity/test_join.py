from lambda_src.run.dataset.similarity.join import Join


def test_texts_meet_in_an_element_of_their_group() -> None:
    join = Join(4, 2)
    join.add(0, 7, [11, 12])
    join.add(1, 7, [12, 13])
    join.add(2, 8, [11, 12])
    join.add(3, 7, [14])

    assert list(join.pairs()) == [(0, 1)]


def test_a_pair_that_meets_twice_is_named_once() -> None:
    join = Join(2, 2)
    join.add(0, 0, [1, 2])
    join.add(1, 0, [1, 2])

    assert list(join.pairs()) == [(0, 1)]


def test_where_all_meet_each_is_compared_with_few() -> None:
    texts = 3_000
    join = Join(texts, 3)
    for text in range(texts):
        join.add(text, 0, [1, 2, text + 3])

    pairs = list(join.pairs())

    assert len(pairs) <= 10 * texts
    assert {other for _, other in pairs} == set(range(1, texts)), "and none is left out"


def test_many_meetings_are_looked_at_part_by_part() -> None:
    texts = 200_000
    join = Join(texts, 3)
    for text in (0, 5, texts - 1):
        join.add(text, 0, range(100))

    assert sorted(join.pairs()) == [(0, 5), (0, texts - 1), (5, texts - 1)]
