"""ComfyUI's adapter: the only package that imports `comfy`, `comfy_api` and `folder_paths`."""
