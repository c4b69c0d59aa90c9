"""The dashboards: state of a page → frames → figures → Dash components, and how Dash hangs in Django."""
