"""Pictures in folders -> caption files beside them, and the scores that are kept."""
