"""What is known of tags, scored and chosen."""
