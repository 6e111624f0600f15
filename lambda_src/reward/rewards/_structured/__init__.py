"""JSON, schemas, calls and states."""
