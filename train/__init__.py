"""How the shipped reader is made: items, fit, export, calibrate (README.md: how to repeat it)."""
