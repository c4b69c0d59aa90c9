"""What every app stands on: errors, roles, leases, files and the site's shell. No tables but abstract ones."""
