"""Hosts: whether their ports are open."""
