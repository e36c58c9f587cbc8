"""What we see: read-only looks at the systems of the inventory, each with a pure judge."""
