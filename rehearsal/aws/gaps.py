"""Every gap of the emulator that is filled, one module each; a module's docstring says what AWS does and it did not."""

from . import (
    alarm_actions,
    alarms,
    bedrock,
    cloudformation,
    composite_alarms,
    custom_resources,
    iam,
    lambda_metrics,
    lambda_workers,
    logs_to_metrics,
    metric_data,
    named_queries,
    s3_properties,
    sns_http,
    step_functions,
)


def fill() -> None:
    """Apply all of them; each checks what it replaces and raises IncompatibleEmulatorError."""
    for gap in (
        iam,
        lambda_workers,
        lambda_metrics,
        custom_resources,
        s3_properties,
        sns_http,
        cloudformation,
        named_queries,
        composite_alarms,
        alarm_actions,
        alarms,
        metric_data,
        logs_to_metrics,
        step_functions,
        bedrock,
    ):
        gap.apply()
