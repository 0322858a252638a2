"""What a folder of captioned pictures holds, and how good its tags are."""
