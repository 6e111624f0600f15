"""``rft``: what ``cdk`` cannot do. Each command is a function in a module of its own."""

import typer

from rft.check import check
from rft.dashboard import dashboard
from rft.import_grader import import_grader
from rft.import_logs import import_logs
from rft.plan import plan
from rft.probe import probe
from rft.report import report
from rft.rewards import rewards
from rft.rollouts.command import rollouts
from rft.score import score
from rft.watch import watch

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.command()(check)
app.command()(plan)
app.command()(probe)
app.command()(score)
app.command()(rewards)
app.command()(watch)
app.command()(report)
app.command()(rollouts)
app.command()(dashboard)
app.command()(import_grader)
app.command()(import_logs)


@app.callback()
def main() -> None:
    """Reinforcement fine-tuning on Amazon Bedrock."""


if __name__ == "__main__":
    app()
