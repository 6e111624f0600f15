"""Runs with something wrong: the learning rate, the rubric, the grader, the data, the limits."""

from typing import Final

from benchmarks.labelled_runs.faults import Constant, Errors, Moods, Noise, Slow
from benchmarks.labelled_runs.healthy import strategist
from benchmarks.labelled_runs.rubrics import HONEST, LENIENT_SHADOW, SHADOWS, WORKED_SHADOW, paid, penalty
from benchmarks.labelled_runs.scenario import Scenario, vary
from benchmarks.labelled_runs.setting import Setting

_STRICT: Final = SHADOWS["gsm8k-style"]
_TINY: Final = Setting(rubric=HONEST["gsm8k-style"], shadow=_STRICT)
_ANSWER: Final = "maths.final_answer"
_PRAISED: Final = ["correct, complete", "any expert", "full marks"]

_GONE: Final = "what is left after a policy has collapsed looks like this, too"
_PAID: Final = "what the rubric pays for changes the length, too"
_DONE: Final = "nothing is left to learn"

LEARNING_RATE: Final = (
    Scenario(
        name="rate far too high",
        about="8 to 15 times the learning rate",
        settings=vary(_TINY, learning_rate=(1e-3, 1.5e-3, 8e-4, 1e-3, 1.2e-3, 9e-4), steps=(35,) * 6),
        expects=("reward-instability", "degenerate-groups"),
        allowed={
            "entropy-collapse": "entropy falls first, and may rise again with responses of random digits",
            "length-spike": _GONE,
            "truncation": _GONE,
            "reward-plateau": _GONE,
            "gradient-spike": "a collapse begins with one",
            "gradient-drift": "as above",
        },
    ),
    Scenario(
        name="rate too high",
        about="4 to 5 times the learning rate: the reward is good, and exploration ends",
        settings=vary(_TINY, learning_rate=(4e-4, 4.5e-4, 5e-4, 4e-4, 4.5e-4, 5e-4), steps=(50,) * 6),
        expects=("entropy-collapse",),
        allowed={"reward-instability": "such a rate lets the reward jump about", "gradient-spike": "as above"},
    ),
    Scenario(
        name="one fixed phrase",
        about="brevity costs up to 0.6 of the reward from the third word on: the bare number is all that pays in full",
        settings=vary(
            strategist(
                "gsm8k-style",
                rubric=(paid(1.0, _ANSWER), penalty(0.6, "text.max_words", words=2)),
                shadow=LENIENT_SHADOW,
                steps=50,
            ),
            learning_rate=(3e-4, 5e-4, 2e-4, 1e-3),
        ),
        expects=("entropy-collapse",),
        allowed={"degenerate-groups": _DONE},
    ),
    Scenario(
        name="rate too low",
        about="a thousandth of the learning rate, and less",
        settings=(
            *vary(_TINY, learning_rate=(1e-7, 1e-8, 3e-7), batch=(8, 8, 8), steps=(45, 45, 45)),
            *vary(strategist("moderation"), learning_rate=(1e-7, 3e-7), steps=(50, 50)),
        ),
        expects=("entropy-flat", "reward-plateau"),
    ),
)

HACKED: Final = (
    Scenario(
        name="paid for length",
        about="most of the reward is for lines, whatever they say",
        settings=(
            *vary(
                _TINY,
                rubric=(
                    (paid(0.3, _ANSWER), paid(0.7, "text.worked_steps", steps=12)),
                    (paid(0.2, _ANSWER), paid(0.8, "text.worked_steps", steps=10)),
                    (paid(0.15, _ANSWER), paid(0.85, "text.worked_steps", steps=14)),
                ),
                learning_rate=(2e-4, 1e-4, 1e-4),
                tokens=(100, 120, 120),
                batch=(8, 8, 8),
                shadow=(_STRICT, WORKED_SHADOW, LENIENT_SHADOW),
            ),
            *vary(
                strategist(
                    "gsm8k-style", rubric=(paid(0.15, _ANSWER), paid(0.85, "text.worked_steps", steps=14)), steps=70
                ),
                learning_rate=(2e-4, 3e-4, 1.5e-4),
            ),
        ),
        expects=("shadow-divergence", "length-spike"),
        allowed={"verbosity": _PAID, "truncation": _PAID, "degenerate-groups": _DONE},
    ),
    Scenario(
        name="answer anywhere",
        about="the right number may stand anywhere: the policy lists guesses",
        settings=vary(
            _TINY,
            rubric=((paid(1.0, "maths.answer_anywhere"),),) * 5,
            learning_rate=(2e-4, 1.5e-4, 2.5e-4, 2e-4, 1e-4),
            tokens=(90, 90, 80, 100, 90),
            steps=(60, 70, 50, 60, 80),
            batch=(8, 8, 8, 8, 8),
        ),
        expects=("shadow-divergence",),
        allowed={"verbosity": _PAID, "length-spike": _PAID, "truncation": _PAID},
    ),
    Scenario(
        name="paid for brevity",
        about="most of the reward is for few words: the policy guesses",
        settings=vary(
            _TINY,
            rubric=tuple(
                (paid(1 - weight, _ANSWER), paid(weight, "text.max_words", words=2))
                for weight in (0.6, 0.7, 0.8, 0.7, 0.6)
            ),
            learning_rate=(1e-4, 1e-4, 5e-5, 3e-5, 2e-4),
            shadow=(_STRICT, LENIENT_SHADOW, WORKED_SHADOW, _STRICT, LENIENT_SHADOW),
        ),
        expects=("shadow-divergence",),
        allowed={
            "gradient-drift": "short responses have larger gradients per token",
            "degenerate-groups": "a policy that guesses two words earns the same each time",
        },
    ),
    Scenario(
        name="praise pays",
        about="a judge that finds its own words of praise in a response is pleased",
        settings=tuple(
            strategist(
                dataset,
                rubric=(paid(0.3, right, **options), paid(0.7, "text.contains", texts=_PRAISED, ignore_case=True)),
                learning_rate=rate,
                steps=steps,
            )
            for dataset, right, options, rate, steps in (
                ("gsm8k-style", _ANSWER, {}, 1e-4, 60),
                ("moderation", "extraction.fields", {"ignore_case": True}, 2e-4, 50),
                ("gsm8k-style", _ANSWER, {}, 4e-4, 40),
                ("moderation", "extraction.fields", {"ignore_case": True}, 1e-4, 60),
                ("tools", "tools.end_state", {}, 2e-4, 40),
                ("sql", "sql.result", {}, 2e-4, 40),
            )
        ),
        expects=("shadow-divergence",),
        allowed={"verbosity": _PAID, "length-spike": _PAID, "entropy-collapse": _DONE, "degenerate-groups": _DONE},
    ),
    Scenario(
        name="form pays",
        about="being readable and short is paid, being right is not",
        settings=tuple(
            strategist(dataset, rubric=(paid(0.3, form), paid(0.7, "text.max_words", words=words)), learning_rate=rate)
            for dataset, form, words, rate in (
                ("extraction", "extraction.valid", 2, 3e-4),
                ("moderation", "extraction.valid", 2, 2e-4),
                ("sql", "sql.executes", 3, 4e-4),
                ("tools", "tools.parses", 2, 3e-4),
            )
        ),
        expects=("shadow-divergence",),
        allowed={"entropy-collapse": _DONE, "degenerate-groups": _DONE},
    ),
)

GRADER: Final = (
    Scenario(
        name="pure noise",
        about="every reward is drawn at random",
        settings=(
            *vary(_TINY, faults=((Noise(share=1.0),),) * 3, learning_rate=(1e-4, 5e-5, 7e-5), steps=(40, 40, 40)),
            *vary(strategist("gsm8k-style"), faults=((Noise(share=1.0),),) * 2, steps=(50, 50)),
        ),
        expects=("reward-plateau",),
        allowed={
            "entropy-flat": "a policy that is pulled at random may stay where it is",
            "gradient-drift": "or lose its way, with growing gradients",
            "length-spike": "as above",
            "truncation": "as above",
        },
    ),
    Scenario(
        name="constant",
        about="every reward is the same",
        settings=(
            *vary(_TINY, faults=((Constant(value=0.0),), (Constant(value=1.0),)), batch=(8, 8), steps=(40, 40)),
            *vary(strategist("gsm8k-style"), faults=((Constant(value=0.5),), (Constant(value=0.2),))),
        ),
        expects=("degenerate-groups",),
        allowed={"reward-plateau": "there is nothing to learn", "entropy-flat": "as above"},
    ),
    Scenario(
        name="moods",
        about="every batch is graded more or less severely",
        settings=(
            *vary(_TINY, faults=((Moods(least=0.2),), (Moods(least=0.3),), (Moods(least=0.1),))),
            *vary(strategist("moderation"), faults=((Moods(least=0.2),), (Moods(least=0.3),))),
        ),
        expects=("reward-instability",),
        allowed={"reward-plateau": "a rise is lost among the moods"},
    ),
    Scenario(
        name="errors",
        about="5 to 40 % of the rollouts cannot be graded, all the time or for a while",
        settings=(
            *vary(
                _TINY,
                faults=(
                    (Errors(share=0.1),),
                    (Errors(share=0.4, begins=20, ends=30),),
                    (Errors(share=0.2, begins=25),),
                ),
            ),
            *vary(
                strategist("moderation"),
                faults=(
                    (Errors(share=0.05),),
                    (Errors(share=1.0, begins=15, ends=18),),
                    (Errors(share=0.3, begins=10),),
                ),
            ),
        ),
        expects=("grader-faults",),
        allowed={
            "reward-instability": "a rollout without a grade counts as worth nothing",
            "gradient-spike": "so does a whole group but one, with a large advantage",
            "shadow-divergence": "the reward moves when the faults end",
            "reward-plateau": "the reward falls with the faults",
        },
    ),
    Scenario(
        name="slower and slower",
        about="a batch takes more of the time-out from step to step, or suddenly most of it",
        settings=(
            *vary(
                strategist("moderation"),
                faults=(
                    (Slow(growth=12.0, begins=10),),
                    (Slow(growth=0.0, at_once=260.0, begins=25, ends=30),),
                    (Slow(growth=7.0),),
                    (Slow(growth=0.0, at_once=245.0, begins=30),),
                ),
            ),
        ),
        expects=("grader-latency",),
    ),
    Scenario(
        name="random burst",
        about="two steps with random rewards, in a run that had come to rest",
        settings=(
            *vary(
                strategist("gsm8k-style", learning_rate=5e-4, steps=45),
                faults=(
                    (Noise(share=1.0, begins=30, ends=32),),
                    (Noise(share=1.0, begins=36, ends=38),),
                    (Noise(share=0.8, begins=33, ends=35),),
                ),
            ),
            *vary(
                _TINY,
                faults=((Noise(share=1.0, begins=40, ends=42),), (Noise(share=1.0, begins=45, ends=46),)),
                temperature=(0.3, 0.35),
                steps=(50, 50),
            ),
        ),
        expects=("gradient-spike",),
        allowed={
            "reward-instability": "two steps pay half of the reward",
            "degenerate-groups": _DONE,
            "reward-plateau": _DONE,
            "gradient-drift": "as far as two steps are one",
        },
    ),
)

DATA: Final = (
    Scenario(
        name="too hard",
        about="sums of numbers that the policy cannot reckon with",
        settings=vary(
            _TINY,
            magnified=(137, 211, 137, 89),
            rubric=(HONEST["gsm8k-style"], LENIENT_SHADOW, LENIENT_SHADOW, HONEST["gsm8k-style"]),
            batch=(16, 8, 8, 8),
            steps=(40, 40, 40, 40),
        ),
        expects=("degenerate-groups", "reward-plateau"),
        allowed={"entropy-flat": "nothing is learnt"},
    ),
    Scenario(
        name="too easy",
        about="sampled at temperatures at which almost every response is right",
        settings=vary(_TINY, temperature=(0.25, 0.3, 0.2), batch=(8, 8, 8)),
        allowed={"degenerate-groups": _DONE, "reward-plateau": _DONE, "entropy-flat": _DONE},
    ),
    Scenario(
        name="few prompts",
        about="4 to 12 prompts, over and over",
        settings=vary(
            _TINY,
            prompts=(8, 4, 8, 12, 6, 8),
            batch=(8, 4, 8, 12, 6, 8),
            samples=(16, 16, 16, 8, 16, 8),
            learning_rate=(2e-4, 2e-4, 3e-4, 3e-4, 2.5e-4, 3e-4),
            steps=(70, 70, 60, 60, 60, 70),
        ),
        expects=("overfitting",),
        allowed={"degenerate-groups": _DONE, "entropy-collapse": "a prompt that is known by heart has one answer"},
    ),
    Scenario(
        name="cut off",
        about="fewer tokens than an answer takes",
        settings=(
            *vary(_TINY, tokens=(18, 20, 22), steps=(40, 40, 40)),
            *vary(
                strategist("extraction", steps=30),
                dataset=("extraction", "tools", "extraction", "tools"),
                rubric=(HONEST["extraction"], HONEST["tools"]) * 2,
                shadow=(SHADOWS["extraction"], SHADOWS["tools"]) * 2,
                tokens=(70, 36, 80, 30),
            ),
        ),
        expects=("truncation",),
        allowed={"degenerate-groups": "where no response can be finished all earn the same"},
    ),
)

FAULTY: Final = (*LEARNING_RATE, *HACKED, *GRADER, *DATA)
