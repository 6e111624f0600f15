"""Runs of which it is known what is wrong with them, and how well the detectors do on them."""

import os

os.environ.setdefault(
    "OPENBLAS_NUM_THREADS", "1"
)  # two processes train side by side; read by numpy when first imported
