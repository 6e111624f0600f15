"""How responses state numbers and steps."""
