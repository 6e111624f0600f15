"""What is known of a run while its job trains: all rollouts of every step, taken together."""
