"""FETCH: walks county portals and stores every exchange. Knows portals, knows nothing of table contents."""
