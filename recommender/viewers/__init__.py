"""Who is watching: the cookie, the account it becomes, its limits, its data and their end."""
