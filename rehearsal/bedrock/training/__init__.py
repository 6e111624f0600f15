"""What runs in a job's own process, with the customization role's credentials alone."""
