"""``rft probe``: what the base model earns before any training, and whether training it is worth while."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn

import typer
from botocore.exceptions import BotoCoreError

from infra.config import ConfigError, ProjectConfig, StageConfig
from infra.planning import base_price, resolved
from infra.project_check import examined
from lambda_src.reward.rubric import Rubric
from lambda_src.run.probe import Capability, Probe, ProbeError, Prompt, Settings, choose
from lambda_src.run.probe import probe as run_probe
from lambda_src.run.probe.prompts import Counted
from lambda_src.run.sources import PinnedFile, open_source
from rft.checking.sources import shown
from rft.local_grader import notes
from rft.places import require_file, require_folder
from rft.probing.cost import Cost
from rft.probing.files import ProbeFolder, replace
from rft.probing.models import Model
from rft.views import probe_table, terminal

_JUDGED_BAD: Final = 3  # exit status; 2 is for wrong usage
_THINKS: Final = "nova-2"

Project = Annotated[str, typer.Argument(help="A project, as its file in projects/ is called.")]
Stage = Annotated[str | None, typer.Option(help="A stage of it; without it, the first in the file.")]
Prompts = Annotated[
    int | None, typer.Option(min=1, help="Records to sample; without it, what the project says, or 64.")
]
Samples = Annotated[int | None, typer.Option(min=2, help="Responses to each; without it, what the project says, or 8.")]
Temperature = Annotated[float | None, typer.Option(min=0, max=1, help="Without it, what the project says, or 0.6.")]
ModelId = Annotated[str | None, typer.Option("--model", help="Another model or inference profile, or a local.* one.")]
Output = Annotated[Path | None, typer.Option(help="A folder; without it, reports/<project>-<stage>/probe.")]
Json = Annotated[Path | None, typer.Option("--json", help="Where to write the result once more.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask before money is spent.")]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with the probe that is in the folder.")]


def probe(
    project: Project,
    *,
    stage: Stage = None,
    prompts: Prompts = None,
    samples: Samples = None,
    temperature: Temperature = None,
    model: ModelId = None,
    output: Output = None,
    json_file: Json = None,
    yes: Yes = False,
    resume: Resume = False,
) -> None:
    """Sample the base model and judge what it earns; status 3 where it is too hard, too easy or without a signal."""
    try:
        config = _stage(project, stage)
        require_file(json_file)
        require_folder(_folder(config, output))
        asked = _Asked.of(config, prompts=prompts, samples=samples, temperature=temperature, model=model)
        folder = ProbeFolder(_folder(config, output), asked.settings, config.rubric)
        known = folder.known() if resume else []
        _announce(asked, known=len(known))
        _confirm(asked, yes=yes)
        found = _probed(asked, folder, known)
        if not found.responses + found.failed:
            raise ProbeError("it ended before the first response; nothing is written")
        folder.finish(found)
        if json_file is not None:
            replace(json_file.resolve(), json.dumps(found.to_json(), indent=2) + "\n")
    except (
        ConfigError,
        ProbeError,
        BotoCoreError,
        ValueError,
    ) as error:  # files and settings raise kinds of ValueError
        _give_up(error)
    except OSError as error:
        _give_up(f"{error.filename}: {error.strerror}; expected a place that can be written to")
    screen = terminal.console()
    screen.print()
    probe_table.show(screen, found.to_json())
    screen.print(f"\n{folder.probe}\n{folder.rollouts}", style="dim", highlight=False, soft_wrap=True)
    _end(found)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked of whom.

    Attributes:
        prompts: The chosen records.
        total: Records of the training file.
    """

    config: StageConfig
    model: Model
    settings: Settings
    prompts: Sequence[Prompt]
    total: int

    @classmethod
    def of(cls, config: StageConfig, *, model: str | None, **wanted: Any) -> "_Asked":
        """Options of the command line before those of the project.

        Raises:
            DatasetError: The training file cannot be read.
        """
        asked = Model(model or config.probe_model, config.region)
        settings = _settings(config, asked, wanted)
        lines = Counted(_lines(config))
        prompts = choose(lines, settings.prompts, settings.seed)
        return cls(config, asked, settings, prompts, lines.number)


def _stage(project: str, stage: str | None) -> StageConfig:
    project_config = ProjectConfig.load(Path("projects") / f"{project}.yaml")
    config = project_config.for_stage(stage or project_config.stage_names[0])
    return resolved(config, examined(config)) if config.hyper_parameters.auto else config


def _folder(config: StageConfig, output: Path | None) -> Path:
    return output or Path("reports") / f"{config.project}-{config.stage}" / "probe"


def _settings(config: StageConfig, model: Model, wanted: Mapping[str, Any]) -> Settings:
    given = config.hyper_parameters
    length = {} if given.inference_max_tokens is None else {"max_tokens": given.inference_max_tokens}
    chosen = {name: getattr(config.probe, name) if value is None else value for name, value in wanted.items()}
    return Settings(
        model=model.name,
        reasoning_effort=None if model.is_local else given.reasoning_effort,
        concurrency=model.concurrency,
        metadata={"project": config.project, "stage": config.stage},
        **length,
        **chosen,
    )


def _lines(config: StageConfig) -> Iterator[bytes]:
    """The training file; one in S3 has the content that the project pins, or reading it ends in an error."""
    pin = config.s3_files.get("train")
    if pin is None:
        yield from open_source(str(config.train_file), lambda: None)
        return
    import boto3  # noqa: PLC0415 - half a second, and files on this machine need none

    yield from PinnedFile(boto3.client("s3", region_name=config.region), uri=pin.uri, sha256=pin.sha256)


def _announce(asked: _Asked, *, known: int) -> None:
    """Say what will be asked, before it is.

    Args:
        known: Responses of an earlier probe.
    """
    settings = asked.settings
    cost = Cost.of(asked.prompts, settings, base_price(asked.config, settings.model))
    how = f"temperature {settings.temperature:g}, {settings.max_tokens:,} tokens at most"
    if not settings.is_bounded:
        how = "at high reasoning effort, which leaves temperature and length to the model"
    lines = [
        f"{asked.config.project}, stage {asked.config.stage}",
        f"{cost.requests:,} requests to {settings.model}: {settings.samples} for each of {len(asked.prompts):,} of "
        f"{asked.total:,} records, {how}",
        "in this process, for nothing" if asked.model.is_local else cost.sentence(),
    ]
    if known:
        lines.append(f"less the {known:,} responses that the earlier probe has")
    if asked.config.asks_judge and not asked.model.is_local:
        lines.append(f"and up to {cost.requests:,} requests to the judge {asked.config.judge.model}, not counted here")
    for line in lines:
        typer.echo(line, err=True)


def _confirm(asked: _Asked, *, yes: bool) -> None:
    """Ask before money is spent; where nobody can be asked, --yes must have said so.

    Raises:
        ValueError: Nobody can be asked.
    """
    if yes or asked.model.is_local:
        return
    if not _is_terminal():
        raise ValueError("requests cost money, and nobody can be asked here; expected --yes")
    typer.confirm("Go on?", abort=True, err=True)


def _is_terminal() -> bool:
    return sys.stdin.isatty()


def _probed(asked: _Asked, folder: ProbeFolder, known: Sequence[Mapping[str, Any]]) -> Probe:
    config, rubric = asked.config, Rubric.from_config(asked.config.rubric)
    with asked.model.grader(config) as grade, closing(folder), shown("sampling") as progress:
        found = run_probe(
            asked.model.converse(_lines(config), grade),
            grade,
            asked.prompts,
            asked.settings,
            rubric=rubric,
            total=asked.total,
            known=known,
            progress=progress,
            keep=folder.keep,
        )
    return found.noted(*_notes(asked, rubric))


def _notes(asked: _Asked, rubric: Rubric) -> Iterator[str]:
    if asked.model.is_local or not asked.config.asks_judge:
        yield from notes(rubric)
    if _THINKS in asked.settings.model and asked.settings.reasoning_effort is None:
        yield (
            "The model was sampled without extended thinking, because hyperParameters.reasoningEffort is not set; a "
            "job then takes the service's default."
        )


def _end(found: Probe) -> None:
    if found.verdict.name is Capability.UNKNOWN:
        raise typer.Exit(1)
    if found.verdict.name is not Capability.GOOD:
        raise typer.Exit(_JUDGED_BAD)


def _give_up(reason: object) -> NoReturn:
    typer.echo(f"rft probe: {reason}", err=True)
    raise typer.Exit(1) from None
