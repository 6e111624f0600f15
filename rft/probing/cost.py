"""What a probe asks of a model, and what that costs at most."""

from collections.abc import Sequence
from dataclasses import dataclass

from lambda_src.run.dataset.tokens import BYTES_PER_TOKEN
from lambda_src.run.plan.prices import TokenPrice
from lambda_src.run.probe import Prompt, Settings
from lambda_src.run.probe.conversation import prompt_bytes


@dataclass(frozen=True, slots=True)
class Cost:
    """Requests and tokens of a whole probe.

    Attributes:
        input_tokens: Estimated from the prompts' bytes.
        output_tokens: At most; None where the model is not told when to stop.
        price: None where it is not known.
    """

    requests: int
    input_tokens: int
    output_tokens: int | None
    price: TokenPrice | None

    @classmethod
    def of(cls, prompts: Sequence[Prompt], settings: Settings, price: TokenPrice | None) -> "Cost":
        """What sampling these prompts asks for."""
        requests = len(prompts) * settings.samples
        size = sum(prompt_bytes(prompt.record) for prompt in prompts) * settings.samples
        most = requests * settings.max_tokens if settings.is_bounded else None
        return cls(requests, round(size / BYTES_PER_TOKEN), most, price)

    def sentence(self) -> str:
        """Tokens and USD.

        >>> Cost(512, 30_000, 524_288, TokenPrice(0.33, 2.75)).sentence()
        'about 30,000 input tokens and 524,288 output tokens at most: 1.45 USD at most'
        """
        if self.output_tokens is None:
            return f"about {self.input_tokens:,} input tokens and output without a limit: the cost is not bounded"
        tokens = f"about {self.input_tokens:,} input tokens and {self.output_tokens:,} output tokens at most"
        if self.price is None:
            return f"{tokens}: the price is unknown; prices.baseInput and prices.baseOutput in the project file name it"
        return f"{tokens}: {self.price.usd(self.input_tokens, self.output_tokens):,.2f} USD at most"
