"""How code is found in a response and tried."""
