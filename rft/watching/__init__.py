"""Following a run: looks at the account, what they come to, and what has changed between two of them."""
