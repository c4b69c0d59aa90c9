"""Documents from outside become plain text: opened only in the sandbox, refused in words."""
