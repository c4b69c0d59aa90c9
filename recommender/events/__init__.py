"""What viewers did: checked, stored once, folded into viewings and totals, archived by day."""
