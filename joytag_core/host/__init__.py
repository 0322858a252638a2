"""The program that the core lives in."""
