"""What samples say about the model, and how surely.

Responses to one prompt are no independent draws of what the model can do: intervals are therefore drawn over prompts.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean, quantiles
from typing import Final

_RESAMPLES: Final = 2000
_CONFIDENCE: Final = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean over prompts and its 95 % interval."""

    mean: float = 0.0
    low: float = 0.0
    high: float = 0.0

    def holds(self, limit: float) -> bool:
        """Whether a limit lies inside, so that other prompts might fall on its other side."""
        return self.low < limit < self.high


def interval(values: Sequence[float], *, seed: int = 0, resamples: int = _RESAMPLES) -> Interval:
    """Mean of one value for each prompt, all in [0, 1], with a percentile bootstrap interval over the prompts.

    Percentiles of few prompts are too close to each other; they are moved apart as far as Student's t is wider than the
    normal distribution (https://arxiv.org/abs/1411.5279).

    Where all values are the same, resampling shows nothing. What other prompts, a share of them at most, could yet
    change is taken instead: of n prompts that were all alike, up to ``1 - 0.05 ** (1/n)`` may not be (at 95 %).

    >>> found = interval([0.0] * 64)
    >>> found.mean, found.low, round(found.high, 4)
    (0.0, 0.0, 0.0457)
    """
    if not values:
        return Interval()
    ordered = sorted(values)  # the same prompts in another order give the same interval
    mean = math.fsum(ordered) / len(ordered)
    if ordered[0] == ordered[-1]:
        unseen = 1 - (1 - _CONFIDENCE) ** (1 / len(ordered))
        return Interval(ordered[0], ordered[0] * (1 - unseen), ordered[0] + (1 - ordered[0]) * unseen)
    rng = random.Random(seed)  # noqa: S311 - not for security
    means = [sum(rng.choices(ordered, k=len(ordered))) / len(ordered) for _ in range(resamples)]
    tails = quantiles(means, n=round(2 / (1 - _CONFIDENCE)), method="inclusive")
    wider = _wider(len(ordered))
    return Interval(
        mean, max(mean + wider * min(tails[0] - mean, 0), 0.0), min(mean + wider * max(tails[-1] - mean, 0), 1.0)
    )


def pass_at(k: int, samples: int, passed: int) -> float | None:
    """Probability that one of k responses passes, unbiased, of so many samples; None where there are fewer than k.

    https://arxiv.org/abs/2107.03374, equation 1.

    >>> pass_at(1, 8, 2), pass_at(8, 8, 1), pass_at(2, 4, 2)
    (0.25, 1.0, 0.8333333333333334)
    """
    if samples < k:
        return None
    return 1 - math.comb(samples - passed, k) / math.comb(samples, k)


def mean_pass_at(k: int, groups: Sequence[tuple[int, int]]) -> float | None:
    """The same over several prompts, each given as samples and passes; None where none has k samples."""
    known = [share for samples, passed in groups if (share := pass_at(k, samples, passed)) is not None]
    return fmean(known) if known else None


def repeated(successes: Sequence[int], n: int) -> float:
    """Probability that a prompt whose n responses all succeeded has n more succeed.

    The prompts' rates are taken to follow a beta distribution, fitted to the successes by its first two moments
    (https://en.wikipedia.org/wiki/Beta-binomial_distribution); rates that do not differ are one rate.

    Args:
        successes: Of n, for each prompt.

    >>> repeated([0, 0, 8, 8], 8)
    1.0
    >>> round(repeated([8, 7, 6, 8, 7, 8], 8), 2)
    0.55
    """
    mean = fmean(successes) / n
    if n == 1 or not 0 < mean < 1:
        return mean
    variance = math.fsum((each / n - mean) ** 2 for each in successes) / max(len(successes) - 1, 1)
    likeness = (variance * n / (mean * (1 - mean)) - 1) / (n - 1)  # correlation inside a group
    if likeness <= 0:
        return mean**n
    if likeness >= 1:
        return 1.0
    both = 1 / likeness - 1
    a, b = mean * both, (1 - mean) * both
    return math.exp(_log_beta(a + 2 * n, b) - _log_beta(a + n, b))


def _wider(n: int) -> float:
    """How much wider than the bootstrap's the interval of a mean of n is: for the variance's bias, and for Student's t.

    Quantiles of t by Cornish and Fisher: https://en.wikipedia.org/wiki/Cornish%E2%80%93Fisher_expansion.

    >>> [round(_wider(n), 2) for n in (8, 16, 64)]
    [1.29, 1.12, 1.03]
    """
    z, freedom = NormalDist().inv_cdf((1 + _CONFIDENCE) / 2), n - 1
    t = z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
    return t / z * math.sqrt(n / freedom)


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
