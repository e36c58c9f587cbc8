"""Sick databases to try a look on: real Redis servers, and servers that speak MongoDB's wire protocol."""
