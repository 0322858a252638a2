"""Whatever people call a picture -> pixels."""
