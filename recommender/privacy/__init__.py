"""What a viewer decides about their own data: personalized or not, begun anew, shown in full, deleted with all of it."""
