"""What the generators make their records of: texts, tasks and worlds."""
