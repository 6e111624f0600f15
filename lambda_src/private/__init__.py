"""Personal data and secrets in texts: found, masked and replaced."""
