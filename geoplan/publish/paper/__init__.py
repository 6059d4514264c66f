"""Map sheets for paper as SVG, drawn in the projection of the atlas."""
