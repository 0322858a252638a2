"""Pictures -> scores and maps."""
