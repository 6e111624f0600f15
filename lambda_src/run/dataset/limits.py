"""How much of what a dataset may hold, and where that is said.

Counts: https://docs.aws.amazon.com/bedrock/latest/userguide/rft-prepare-data.html (at least 100 records) and
https://docs.aws.amazon.com/bedrock/latest/userguide/rft-prepare-data-open-weight.html (100 to 20,000).
That the upper bound is for training and validation together is in AWS's own validator for Nova:
https://github.com/aws-samples/amazon-nova-samples/blob/1e88f24/customization/bedrock-finetuning/understanding/dataset_validation/nova_ft_dataset_validator.py
"""

from typing import Final

from ...reward.telemetry import PREFLIGHT_ID

MIN_RECORDS: Final = 100
MAX_RECORDS: Final = 20_000

WARN_RECORDS: Final = 10_000
"""Where the sizes that the article on best practices advises end.

https://aws.amazon.com/blogs/machine-learning/reinforcement-fine-tuning-on-amazon-bedrock-best-practices
"""

MAX_BYTES: Final = 6 * 1024 * 1024
"""Of one record, in bytes: the grader gets it in a request, and Lambda takes 6 MB in one.

https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""

MAX_DEPTH: Final = 100
"""Of objects and lists in each other. JSON itself sets no limit, readers do: Python's and Jackson's stop near 1,000
levels, and what walks through a value by recursion stops several times earlier.
"""

SAMPLE: Final = 32  # records at most

RESERVED_ID: Final = PREFLIGHT_ID
"""How the ids of the preflight's own items begin."""
