"""The scatter, and what it says in words."""
