"""Table models, and the numbers that they show."""
