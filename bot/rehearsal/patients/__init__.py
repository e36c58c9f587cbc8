"""Sick databases to try a look on: real Redis servers, and MongoDB sets that speak its wire protocol."""
