from lambda_src.reward.rewards._judge.cache import VerdictCache
from lambda_src.reward.rewards._judge.verdict import Verdict


def verdict(mark: int) -> Verdict:
    return Verdict({"clarity": mark}, "")


def test_the_least_recently_used_verdict_goes_first() -> None:
    cache = VerdictCache(most=2)
    cache.put("a", verdict(1))
    cache.put("b", verdict(2))
    cache.get("a")

    cache.put("c", verdict(3))

    assert [cache.get(key) for key in "abc"] == [verdict(1), None, verdict(3)]


def test_a_cleared_cache_is_empty() -> None:
    cache = VerdictCache()
    cache.put("a", verdict(1))

    cache.clear()

    assert cache.get("a") is None
