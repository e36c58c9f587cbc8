"""How long a test waits beyond the deadline it is about: on a busy machine a second is nothing.

What has no deadline would take far longer than this, so a test that allows it still fails where one is missing.
"""

PATIENCE_S = 10.0
