"""What is known of Chinese and English: words, numbers, meaning, and how a text is said."""
