"""How a job runs: its states, its role, its process."""
