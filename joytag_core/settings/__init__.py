"""What a person sets, and the one way from scores to text."""
