"""The topic bank: our own facts, hooks and payoffs in both languages, one folder of JSON files a category."""
