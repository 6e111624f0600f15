"""What ``rft probe`` is made of: whom it asks, what that costs, where the answers go."""
