"""Which tags a rule means."""
