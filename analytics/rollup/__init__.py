"""Viewings, slots and events added up for the pages; each roll-up may die at any line and begins again where it was."""
