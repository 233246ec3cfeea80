"""Purchase histories as orders: for the demonstration, for tests and for one's own trials."""
