"""Which tags of a prompt remain, as what text, and which rule dropped the others?"""
