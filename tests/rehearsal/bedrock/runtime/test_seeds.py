from concurrent.futures import ThreadPoolExecutor

from rehearsal.bedrock.runtime.seeds import Seeds


def test_the_same_thing_asked_again_has_another_seed() -> None:
    seeds = Seeds()

    assert len({seeds.next("local.tiny-lm", "How many?", 0.6) for _ in range(100)}) == 100


def test_seeds_do_not_depend_on_what_else_is_asked() -> None:
    alone, among_others = Seeds(), Seeds()

    found = [(among_others.next("b"), among_others.next("a"))[1] for _ in range(3)]

    assert found == [alone.next("a") for _ in range(3)]


def test_different_things_have_different_seeds() -> None:
    things = [("a", 0.5), ("a", 0.6), ("b", 0.6), ("a", 0.6, None), ("a0.6",)]

    assert len({Seeds().next(*thing) for thing in things}) == len(things)


def test_threads_that_ask_the_same_get_the_same_seeds_among_them() -> None:
    seeds, alone = Seeds(), Seeds()

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: seeds.next("a"), range(200)))

    assert set(found) == {alone.next("a") for _ in range(200)}
