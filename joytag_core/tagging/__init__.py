"""Pictures -> scores."""
