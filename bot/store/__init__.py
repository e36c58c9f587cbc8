"""What we remember: incidents and their timelines in a database, playbooks in a folder."""
