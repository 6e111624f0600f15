"""What ``rft check`` is made of: what is checked, where it comes from, what is mended, what came out."""
