"""What people read of a run, in a mail or in a chat: messages without a word of JSON, and the JSON that chats want."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from .run_name import RUN_DIGITS

_SUBJECT = 100  # characters, printable ASCII: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
_TEXT = 20_000  # characters; with the chat's copy, escaped twice at worst, less than SNS's 256 KB
_CHAT_TITLE, _CHAT_TEXT, _CHAT_STEP = 250, 8000, 350  # characters
_MENTION: Final = re.compile(r"<(?=[!@#])")
"""How Slack spells a call to people or channels; evidence quotes what models write."""

_OUTCOMES = {
    "healthy": "healthy",
    "alarm": "needs a look",
    "hacking": "pays for something other than the answer",
    "failed": "failed",
    "stopped": "was stopped",
}


@dataclass(frozen=True, slots=True)
class Notification:
    """One message to everyone who listens.

    Attributes:
        subject: Of a mail, and the title in a chat.
        text: All of it, line by line.
        next_steps: What to do, one sentence each; chats show them by themselves.
        run: Name of the run; chats put the messages of one run into one thread.
        event: What kind of message it is, for software that reads it.
        context: What such software wants to know besides.
    """

    subject: str
    text: str
    next_steps: tuple[str, ...] = ()
    run: str | None = None
    event: str = "run"
    context: Mapping[str, str] = field(default_factory=dict)

    def publication(self) -> dict[str, str]:
        """Arguments of SNS's Publish: the text for mails and everyone else, JSON for HTTPS."""
        message = {"default": _clean(self.text)[:_TEXT], "https": json.dumps(self._chat(), ensure_ascii=False)}
        return {
            "Subject": " ".join(self.subject.encode("ascii", "replace").decode().split())[:_SUBJECT],
            "Message": json.dumps(message, ensure_ascii=False),
            "MessageStructure": "json",
        }

    def _chat(self) -> dict[str, Any]:
        """A custom notification of Amazon Q Developer in chat applications.

        https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
        """
        return {
            "version": "1.0",
            "source": "custom",
            "content": {
                "textType": "client-markdown",
                "title": _chat_text(self.subject, _CHAT_TITLE),
                "description": _chat_text(self.text, _CHAT_TEXT),
                "nextSteps": [_chat_text(step, _CHAT_STEP) for step in self.next_steps],
            },
            "metadata": {
                **({} if self.run is None else {"threadId": self.run}),
                "summary": _chat_text(self.subject, _CHAT_TITLE),
                "eventType": self.event,
                "additionalContext": dict(self.context),
            },
        }


def ended(record: Mapping[str, Any], record_uri: str) -> Notification:
    """What is told when a run has ended."""
    advice = tuple(detector["advice"] for detector in record["detectors"] if detector["alarm"])
    context = {name: str(record[name]) for name in ("project", "stage", "digest", "verdict")}
    return Notification(
        subject(record),
        message(record, record_uri),
        next_steps=(*advice, f"`rft report {record['project']} --stage {record['stage']}` shows the whole run."),
        run=record["run"],
        event="run-ended",
        context={**context, "run": record["run"], "record": record_uri},
    )


def subject(record: Mapping[str, Any]) -> str:
    """At most 100 characters of ASCII.

    >>> subject({"project": "gsm8k", "stage": "dev", "digest": "0123456789abcdef", "verdict": "alarm"})
    'Bedrock RFT: gsm8k dev, run 0123456789ab needs a look'
    """
    text = (
        f"Bedrock RFT: {record['project']} {record['stage']}, "
        f"run {record['digest'][:RUN_DIGITS]} {_OUTCOMES[record['verdict']]}"
    )
    return text.encode("ascii", "replace").decode()[:_SUBJECT]


def message(record: Mapping[str, Any], record_uri: str) -> str:
    """Verdict, reason, curves in one line, what to do, and where everything is."""
    return "\n".join(_lines(record, record_uri))


def _lines(record: Mapping[str, Any], record_uri: str) -> Iterator[str]:
    yield f"The run {record['run']} {_OUTCOMES[record['verdict']].replace('healthy', 'is healthy')}."
    yield f"Why: {record['verdictReason']}"
    for label, name in (("Training reward", "trainingReward"), ("Validation reward", "validationReward")):
        values = [step[name] for step in record["curves"] if step[name] is not None]
        if values:
            yield f"{label}: {values[0]:.3f} at first, {values[-1]:.3f} at last, in {len(record['curves'])} steps"
    for detector in record["detectors"]:
        if detector["alarm"]:
            place = "" if detector["step"] is None else f" at step {detector['step']}"
            yield f"{detector['name']}{place}: {detector['evidence']}. {detector['advice']}"
    for note in record["notes"]:
        yield f"Note: {note}"
    yield ""
    yield f"Model: {record['customModelArn'] or 'none'}"
    yield f"Job: {record['jobArn'] or 'none'}"
    yield f"Record: {record_uri}"


def _clean(text: str) -> str:
    """Text that is UTF-8 for sure; what models write may hold halves of characters."""
    return text.encode("utf-8", "replace").decode()


def _chat_text(text: str, most: int) -> str:
    """Text that fits, and that calls nobody.

    >>> _chat_text("it wrote <!channel>", 100)
    'it wrote < !channel>'
    """
    fitting = _MENTION.sub("< ", _clean(text))
    return fitting if len(fitting) <= most else f"{fitting[: most - 1]}…"
