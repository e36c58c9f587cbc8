"""HTTP endpoints, vendors' status pages and MongoDB Atlas."""
