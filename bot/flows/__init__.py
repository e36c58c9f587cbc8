"""What must survive a crash: durable workflows over the services."""
