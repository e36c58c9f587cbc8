"""How a browser asks: pages, health. Rendered here, with nothing fetched from anywhere else."""
