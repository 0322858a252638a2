"""What scores say of a prompt, of a pattern, and of another tagger's scores."""
