"""What people decided teaches the machine: lessons, what learns from them, what that changed, which decisions look wrong."""
