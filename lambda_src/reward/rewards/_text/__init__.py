"""Patterns, likeness and languages."""
