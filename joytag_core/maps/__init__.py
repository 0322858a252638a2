"""Where in a picture is a tag? Pure arithmetic on what each patch says; who computes that is the tagging room."""
