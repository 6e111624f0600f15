"""Every gap of the emulator that is filled, one module each; a module's docstring says what AWS does and it did not."""

from . import (
    alarms,
    bedrock,
    cloudformation,
    custom_resources,
    iam,
    lambda_workers,
    logs_to_metrics,
    metric_data,
    s3_properties,
    step_functions,
)


def fill() -> None:
    """Apply all of them; each checks what it replaces and raises IncompatibleEmulatorError."""
    for gap in (
        iam,
        lambda_workers,
        custom_resources,
        s3_properties,
        cloudformation,
        alarms,
        metric_data,
        logs_to_metrics,
        step_functions,
        bedrock,
    ):
        gap.apply()
