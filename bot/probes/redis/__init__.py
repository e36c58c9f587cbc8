"""Looks at Redis: masters, their replicas, and the Sentinels that watch them."""
