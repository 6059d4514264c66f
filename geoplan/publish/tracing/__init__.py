"""The page `trace.html`: from a result back to the line of a plan, without a server."""
