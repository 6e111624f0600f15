"""The graded rollouts of a run, as the grader has kept them."""
