"""The adapter for the A1111 family: Stable Diffusion WebUI, Forge and reForge. It holds no rule about tags."""
