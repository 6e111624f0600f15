"""How queries are run and compared."""
