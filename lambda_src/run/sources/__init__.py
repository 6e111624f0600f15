"""Where records come from: a file or an object in S3, an object pinned by its content, or model invocation logs."""

from .open import open_source, size_of
from .pinned import PinnedFile
from .s3_objects import SourceError

__all__ = ["PinnedFile", "SourceError", "open_source", "size_of"]
