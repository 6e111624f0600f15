"""What one run costs, part by part."""

from collections.abc import Iterator
from typing import Final

from ..audit.job import GRADER_BATCH
from .item import Bound, Item
from .order import Order
from .prices import Price, TokenPrice

GRADER_MB: Final = 512
SANDBOX_MB: Final = 1769
"""Memory of the two functions; at 1,769 MB a function has one processor, and in proportion below.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
"""
POLL_MINUTES: Final = 5
POLL_TRANSITIONS: Final = 4  # wait, poll, watch, choose

_MB_PER_GB: Final = 1024
_MILLION: Final = 1_000_000
_JUDGE: Final = "judge"
_SANDBOXED: Final = "code"
_CHUNK: Final = 8  # items of one call of the sandbox


def run_cost(order: Order) -> tuple[Item, ...]:
    """Every part of it, the dearest unknown first."""
    return tuple(item for part in (_training, _grader, _sandbox, _judge, _probe, _workflow) for item in part(order))


def _training(order: Order) -> Iterator[Item]:
    own = order.own
    if own.training_hour is None and own.training_tokens is None:
        basis = (
            "AWS publishes no price that could be found; its price list has one by the hour (docs/plan.md says how to "
            "ask for it); prices.trainingHour or prices.trainingTokens takes it"
        )
        yield Item("training", None, basis)
        return
    if own.training_hour is not None:
        yield _by_the_hour(order, own.training_hour)
    if own.training_tokens is not None:
        yield _by_the_token(order, own.training_tokens)


def _by_the_hour(order: Order, usd: float) -> Item:
    if order.pace is None:
        return Item("training", None, f"{usd:,g} USD an hour; how many is not known before this stack's first run")
    hours = order.job.training_rollouts * order.pace.seconds / 3600
    return Item("training", usd * hours, f"{usd:,g} USD an hour, {hours:.1f} hours at the pace of {order.pace.run}")


def _by_the_token(order: Order, usd: float) -> Item:
    if order.prompt_tokens is None:
        return Item("training", None, f"{usd:,g} USD a million tokens; how long prompts are is not known")
    each = order.prompt_tokens + (order.response_tokens or order.most_response_tokens)
    tokens = order.job.training_rollouts * each
    bound = Bound.ABOUT if order.response_tokens else Bound.MOST
    basis = f"{usd:,g} USD a million tokens, {tokens / _MILLION:,.1f} million: {order.job.training_rollouts:,} rollouts"
    return Item("training", usd * tokens / _MILLION, basis, bound)


def _grader(order: Order) -> Iterator[Item]:
    second, request = _lambda_prices(order)
    if second is None or request is None:
        yield _unpriced("grader Lambda", order)
        return
    calls = order.job.grader_calls
    requests = calls * request.usd
    what = f"{calls:,} calls of {GRADER_BATCH} responses, a number that Bedrock does not document"
    sources = (second.source,)
    if order.grading_seconds is None:
        yield Item("grader Lambda", requests, f"{what}; its time was not measured", Bound.LEAST, sources)
        return
    waits = bool(order.families & {_JUDGE, _SANDBOXED})
    # it waits for the sandbox as long as that runs; alone, it has the share of a processor that its memory buys
    seconds = order.grading_seconds * (1.0 if _SANDBOXED in order.families else SANDBOX_MB / GRADER_MB)
    usd = requests + seconds * GRADER_MB / _MB_PER_GB * second.usd
    if _JUDGE in order.families:
        yield Item("grader Lambda", usd, f"{what}; how long it waits for judges is not known", Bound.LEAST, sources)
        return
    basis = f"{what}; {seconds:,.0f} s at {GRADER_MB} MB, reckoned from this machine's speed"
    yield Item("grader Lambda", usd, basis, Bound.MOST if waits else Bound.ABOUT, sources)


def _sandbox(order: Order) -> Iterator[Item]:
    if _SANDBOXED not in order.families:
        return
    second, request = _lambda_prices(order)
    if second is None or request is None:
        yield _unpriced("sandbox Lambda", order)
        return
    calls = -(-order.job.rollouts // _CHUNK)
    sources = (second.source,)
    if order.grading_seconds is None:
        basis = f"{calls:,} calls; its time was not measured"
        yield Item("sandbox Lambda", calls * request.usd, basis, Bound.LEAST, sources)
        return
    usd = calls * request.usd + order.grading_seconds * SANDBOX_MB / _MB_PER_GB * second.usd
    basis = f"{calls:,} calls; {order.grading_seconds:,.0f} s at {SANDBOX_MB:,} MB, at this machine's speed"
    yield Item("sandbox Lambda", usd, basis, Bound.ABOUT, sources)


def _judge(order: Order) -> Iterator[Item]:
    if order.judge_model is None:
        return
    price = order.own.judge or order.prices.models.get(order.judge_model)
    if price is None:
        yield Item(
            "judge", None, f"no price of {order.judge_model} is known; judge.inputPrice and judge.outputPrice do"
        )
        return
    if order.judge is None:
        basis = f"{price.input:g} and {price.output:g} USD a million tokens; rft plan counts how many a judgement takes"
        yield Item("judge", None, basis, sources=_sources(price))
        return
    read, written = (tokens * order.job.rollouts for tokens in (order.judge.input_tokens, order.judge.output_tokens))
    basis = (
        f"all {order.job.rollouts:,} rollouts judged, {order.judge.input_tokens:,.0f} tokens read and "
        f"{order.judge.output_tokens:,.0f} written for each; gates spare some"
    )
    yield Item("judge", price.usd(read, written), basis, Bound.MOST, _sources(price))


def _probe(order: Order) -> Iterator[Item]:
    probe = order.probe
    if probe is None:
        return
    price = order.own.base or order.prices.models.get(probe.model)
    if price is None:
        yield Item("probe", None, f"no price of {probe.model} is known; prices.baseInput and prices.baseOutput take it")
        return
    each = order.response_tokens or probe.most_tokens
    if order.prompt_tokens is None or each is None:
        unknown = "prompts are is not known" if each else "responses get is not known: nothing limits them"
        yield Item("probe", None, f"how long {unknown}", sources=_sources(price))
        return
    responses = probe.prompts * probe.samples
    basis = f"{probe.prompts:,} prompts, {probe.samples} responses each, of {each:,.0f} tokens"
    bound = Bound.ABOUT if order.response_tokens else Bound.MOST
    usd = price.usd(responses * order.prompt_tokens, responses * each)
    yield Item("probe", usd, f"{basis}{'' if order.response_tokens else ' at most'}", bound, _sources(price))


def _workflow(order: Order) -> Iterator[Item]:
    transition = order.prices.services.get("step-functions-transition")
    if transition is None:
        yield _unpriced("workflow", order)
        return
    number = order.job_hours * 60 / POLL_MINUTES * POLL_TRANSITIONS
    basis = f"a look at the job every {POLL_MINUTES} minutes for {order.job_hours:g} hours"
    yield Item("workflow", number * transition.usd, basis, Bound.MOST, (transition.source,))


def _lambda_prices(order: Order) -> tuple[Price | None, Price | None]:
    services = order.prices.services
    return services.get("lambda-gb-second"), services.get("lambda-request")


def _unpriced(name: str, order: Order) -> Item:
    return Item(name, None, f"no prices of {order.prices.region} are known")


def _sources(price: TokenPrice) -> tuple[str, ...]:
    return (price.source,) if price.source else ()
