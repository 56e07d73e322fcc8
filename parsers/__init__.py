"""UNDERSTAND: bytes in, result out. Pure: no network, no database, no clock, no environment."""
