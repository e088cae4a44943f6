"""The site: build, Sphinx extensions, theme, archives."""
