"""Amazon Bedrock's runtime, as far as graders and probes need it: ``Converse`` with three models.

``local.judge`` marks for graders with a judge; it is a stand-in, see ``judge``. ``local.tiny-lm`` and
``local.strategist`` are the base models that can be tuned here. They take text, temperature, topP and maxTokens, and
refuse what else Converse has. Asked the same several times, a base model draws several responses; a fresh process draws
the same ones for the same requests, in any order.

``converse`` and ``know`` are those of a ``Client`` that everybody in this process shares.
"""

from rehearsal.bedrock.runtime.client import Client
from rehearsal.bedrock.runtime.models import JUDGE as MODEL

__all__ = ["MODEL", "Client", "converse", "know"]

_SHARED = Client()
converse, know = _SHARED.converse, _SHARED.know
