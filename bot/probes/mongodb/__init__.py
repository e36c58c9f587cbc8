"""Looks at MongoDB: replica sets, sharded clusters, single servers."""
