"""Anomalies of the site's hours: found, kept, and told by mail, webhook and on the page."""
