"""What a report needs beside the record: the run's rollouts, and the few of them that are worth reading."""
