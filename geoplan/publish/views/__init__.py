"""Listed maps (``layers/maps.toml``): what they show, their views and tables."""
