"""Runs that learn what they are to learn, as differently as the local policies can."""

from typing import Final

from benchmarks.labelled_runs.faults import Noise, Slow
from benchmarks.labelled_runs.rubrics import HONEST, LENIENT_SHADOW, SHADOWS, WORKED_SHADOW, gate, paid
from benchmarks.labelled_runs.scenario import Scenario, vary
from benchmarks.labelled_runs.setting import Model, Setting

_STRICT: Final = SHADOWS["gsm8k-style"]
_TINY: Final = Setting(rubric=HONEST["gsm8k-style"], shadow=_STRICT)


def strategist(dataset: str, **changes: object) -> Setting:
    """The policy over strategies, on a project's own data."""
    values = {
        "model": Model.STRATEGIST,
        "dataset": dataset,
        "prompts": 200,
        "tokens": 512,
        "steps": 40,
        "rubric": HONEST[dataset],
        "shadow": SHADOWS[dataset],
    }
    return Setting(**{**values, **changes})  # type: ignore[arg-type]


HEALTHY: Final = (
    Scenario(
        name="learns",
        about="the bundled project, at half the learning rate to one and a half times",
        settings=vary(
            _TINY,
            learning_rate=(1e-4, 5e-5, 1.5e-4, 1e-4, 7e-5, 1.2e-4),
            shadow=(_STRICT, WORKED_SHADOW, LENIENT_SHADOW, WORKED_SHADOW, _STRICT, LENIENT_SHADOW),
            steps=(60, 60, 50, 40, 60, 45),
        ),
    ),
    Scenario(
        name="learns slowly",
        about="a fifth to a third of the learning rate",
        settings=vary(_TINY, learning_rate=(2e-5, 3e-5, 3e-5, 4e-5), steps=(70, 60, 60, 60)),
    ),
    Scenario(
        name="low entropy",
        about="sampled at temperatures of 0.55 to 0.7",
        settings=vary(_TINY, temperature=(0.6, 0.7, 0.55, 0.65), learning_rate=(1e-4, 7e-5, 5e-5, 1e-4)),
    ),
    Scenario(
        name="high entropy",
        about="sampled at temperatures of 1.2 to 1.4",
        settings=vary(_TINY, temperature=(1.3, 1.2, 1.4, 1.25), learning_rate=(1e-4, 1.5e-4, 1e-4, 7e-5)),
    ),
    Scenario(
        name="other batches",
        about="few prompts and many responses, many prompts and few responses, half as many of both",
        settings=vary(_TINY, batch=(8, 32, 8, 24), samples=(16, 4, 8, 4), learning_rate=(1e-4, 1e-4, 7e-5, 7e-5)),
    ),
    Scenario(
        name="longer is better",
        about="an answer pays with its way shown, or checked once more, and never without being right",
        settings=(
            *vary(
                strategist("gsm8k-style", rubric=(paid(0.4, "maths.final_answer"), paid(0.6, "maths.steps"))),
                tokens=(14, 16, 18),
            ),
            *vary(
                _TINY,
                rubric=((gate(0.2, "maths.final_answer"), paid(0.8, "text.worked_steps", steps=7)),) * 3,
                shadow=(_STRICT, LENIENT_SHADOW, WORKED_SHADOW),
                learning_rate=(2e-4, 1.5e-4, 2e-4),
                tokens=(96, 96, 96),
                batch=(12, 12, 12),
            ),
        ),
    ),
    Scenario(
        name="a little noise",
        about="15 to 30 % of the rewards are drawn at random: a judge that is not quite sure",
        settings=vary(
            _TINY,
            faults=((Noise(share=0.2),), (Noise(share=0.3),), (Noise(share=0.15),)),
            learning_rate=(1e-4, 1e-4, 7e-5),
        ),
    ),
    Scenario(
        name="slow but steady",
        about="a judge that takes a minute or two for a batch",
        settings=vary(
            strategist("moderation"), faults=((Slow(at_once=60.0, growth=0.0),), (Slow(at_once=100.0, growth=0.5),))
        ),
    ),
    *(
        Scenario(
            name=f"learns {dataset}",
            about="another project, from half the learning rate to twice",
            settings=vary(strategist(dataset), learning_rate=(1e-4, 5e-5, 2e-4), steps=(40, 50, 30)),
        )
        for dataset in HONEST
    ),
)
