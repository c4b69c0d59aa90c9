"""What viewers report, and what follows from it for who may be shown. Stands above the rest of generation."""
