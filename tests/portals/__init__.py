"""Twelve replica portals for the tests: what trips a crawler on real portals, with invented names."""
