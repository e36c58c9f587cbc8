"""What we can do: one public function per wish; knows nothing of Slack's payloads."""
