"""Frames into Plotly figures; pure: the same frame and style give the same figure."""
