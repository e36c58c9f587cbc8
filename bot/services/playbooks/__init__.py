"""Playbooks: found, walked, and remembered by whether they helped."""
