"""The postmortem: drafted, written over, reviewed, shared, taken away."""
