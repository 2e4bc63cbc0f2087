"""Measurements, each beside its floor and its peer in one run."""
