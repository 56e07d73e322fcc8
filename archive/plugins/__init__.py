"""The site: a Datasette plugin and its pages."""
