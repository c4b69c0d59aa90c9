"""Template helpers of moderation."""
