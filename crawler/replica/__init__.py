"""Practice portals: two invented county portals that are served on loopback for the demo and the tests."""
