"""From a stage's configuration to its plan: for the synth, ``rft plan`` and the rehearsal alike."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from lambda_src.reward.rubric import Rubric
from lambda_src.run.advice import ADVICE_VERSION, Facts, advise, facts_of
from lambda_src.run.advice.warnings import InEffect
from lambda_src.run.audit import Audit
from lambda_src.run.dataset import DatasetReport
from lambda_src.run.digest import Inputs, digest_inputs
from lambda_src.run.plan import (
    Asked,
    Intended,
    Order,
    OwnPrices,
    Pace,
    Permit,
    Plan,
    Prices,
    Sampling,
    TokenPrice,
)
from lambda_src.run.probe import Settings

from .config import LOCAL, StageConfig
from .sections import HyperParameters

_REWARD = Path(__file__).resolve().parent.parent / "lambda_src" / "reward"


def facts_for(config: StageConfig, report: DatasetReport | None, probe: Mapping[str, Any] | None = None) -> Facts:
    """What advice goes by.

    Args:
        report: Of the stage's dataset; None where its files lie in S3 and were not read.
        probe: The JSON of a probe of the same project.
    """
    rubric = Rubric.from_config(config.rubric)
    if report is not None:
        return facts_of(report, rubric, probe)
    counts = {part: file.records or 0 for part, file in config.s3_files.items()}
    return Facts(
        records=counts.get("train", 0),
        validation_records=counts.get("validation", 0),
        families=frozenset(rubric.families),
        validates="validation" in counts,
    )


def given(config: StageConfig) -> dict[str, Any]:
    """The hyperparameters that the project file names, also after ``resolved``."""
    return config.hyper_parameters.model_dump(by_alias=True, exclude_none=True, exclude_unset=True, exclude={"auto"})


def resolved(config: StageConfig, report: DatasetReport | None) -> StageConfig:
    """The configuration with the hyperparameters that ``auto`` stands for; without ``auto``, as it is."""
    own = config.hyper_parameters
    if not own.auto:
        return config
    advised = advise(facts_for(config, report), given(config)).to_api()
    chosen = HyperParameters.model_validate(advised | {"auto": True})
    # what the project names itself stays known as such
    chosen = HyperParameters.model_construct(own.model_fields_set, **dict(chosen))
    return config.model_copy(update={"hyper_parameters": chosen})


def inputs_of(config: StageConfig) -> Inputs:
    """What decides the run, hashed; of a resolved configuration."""
    return digest_inputs(
        model=config.model,
        dataset=config.run_files,
        rubric=config.rubric,
        hyper_parameters=config.hyper_parameters.to_api(),
        reward_root=_REWARD,
    )


def base_price(config: StageConfig, model: str) -> TokenPrice | None:
    """What the project says the base model costs, or else the bundled price file; None where neither knows."""
    listed = Prices.of(config.region).models.get(model)
    own = (config.prices.base_input, config.prices.base_output)
    if listed is None:
        return _token_price(*own)
    return TokenPrice(
        listed.input if own[0] is None else own[0],
        listed.output if own[1] is None else own[1],
        listed.source,
    )


def plan_of(
    config: StageConfig,
    inputs: Inputs,
    report: DatasetReport | None,
    *,
    audit: Audit | None = None,
    asked: Asked | None = None,
    permit: Permit | None = None,
    probe: Mapping[str, Any] | None = None,
    pace: Pace | None = None,
) -> Plan:
    """The plan of a stage.

    Args:
        config: Resolved.
        report: Of the stage's dataset; None where its files lie in S3 and were not read.
        audit: Of the grader on this machine: how fast it is, and how much judges read and write.
        asked: What is known of the deployed stack; without it, that it was not asked.
        permit: What the deploy's context says; what the project says of approval is added.
        probe: The JSON of a probe of the same project.
        pace: Of an earlier run of the same stack.
    """
    facts = facts_for(config, report, probe)
    told = config.hyper_parameters.to_api()
    auto = config.hyper_parameters.auto
    # a probe comes after the values were chosen, and is held against all of them
    advice = advise(facts, told if probe else given(config), auto=auto)
    permit = permit or Permit()
    return Plan.of(
        project=config.project,
        stage=config.stage,
        intended=Intended(
            digest=inputs.digest,
            attempt=config.attempt,
            inputs=inputs.to_json(),
            model=config.model,
            hyper_parameters=told,
            rubric=config.rubric,
            records=_records(config, report),
            advice=ADVICE_VERSION if auto else None,
        ),
        facts=facts,
        advice=advice,
        order=_order(config, report, facts, audit=audit, probe=probe, pace=pace),
        asked=asked or Asked(unknown="the account was not asked"),
        permit=replace(permit, required=config.approval == "required"),
    )


def _order(
    config: StageConfig,
    report: DatasetReport | None,
    facts: Facts,
    *,
    audit: Audit | None,
    probe: Mapping[str, Any] | None,
    pace: Pace | None,
) -> Order:
    told = config.hyper_parameters.to_api()
    responses = (probe or {}).get("responseTokens") or {}
    return Order(
        local=config.stage == LOCAL,
        job=InEffect(facts, told, {}).job,
        hyper_parameters=told,
        families=facts.families,
        prices=Prices.of(config.region),
        own=_own_prices(config),
        judge_model=config.judge.model if config.asks_judge else None,
        prompt_tokens=facts.prompt.mean if facts.prompt.total else None,
        response_tokens=responses.get("mean") or None,
        latency=audit.latency if audit else None,
        judge=audit.cost if audit else None,
        pace=pace,
        probe=_sampling(config),
        job_hours=config.alarms.job_hours,
        dataset_bytes=sum(file.bytes for file in report.files if file.part != "test") if report else 0,
    )


def _own_prices(config: StageConfig) -> OwnPrices:
    return OwnPrices(
        training_hour=config.prices.training_hour,
        training_tokens=config.prices.training_tokens,
        base=base_price(config, config.probe_model),
        judge=_token_price(config.judge.input_price, config.judge.output_price),
    )


def _token_price(read: float | None, written: float | None) -> TokenPrice | None:
    return None if read is None or written is None else TokenPrice(read, written)


def _sampling(config: StageConfig) -> Sampling | None:
    probe, told = config.probe, config.hyper_parameters
    if probe.deploy == "skip":
        return None
    settings = Settings(config.probe_model, reasoning_effort=told.reasoning_effort)
    most = (told.inference_max_tokens or settings.max_tokens) if settings.is_bounded else None
    return Sampling(settings.model, probe.prompts, probe.samples, most)


def _records(config: StageConfig, report: DatasetReport | None) -> dict[str, int]:
    if report is not None:
        return {file.part: file.count for file in report.files}
    return {part: file.records for part, file in config.s3_files.items() if file.records is not None}
