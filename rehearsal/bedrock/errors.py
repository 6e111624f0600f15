"""Errors of the API, and the failures of a job."""


class ApiError(Exception):
    """An error that the caller of an operation sees.

    Attributes:
        code: Name of the error shape in the service model, such as ``ConflictException``.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class JobFailure(Exception):  # noqa: N818 - the API's own word: it becomes the job's `failureMessage`
    """Ends a job as ``Failed``; the text is its ``failureMessage``."""
