"""One BLAS thread, as in a job: two of them fight over a busy machine, and make the tests ten times as slow."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # read by numpy when the first test module imports it
