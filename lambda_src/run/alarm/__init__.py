"""What follows when an alarm of a run goes off: people are told in words, and the job stops where a project says so."""
