"""Captioning on a Ray cluster: a door to `joytag caption --shards`, whose requirements are the extra `ray`."""
