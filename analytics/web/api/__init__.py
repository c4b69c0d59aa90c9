"""/api/v1/ of analytics, a file a resource."""
