"""The Report page: a report's subject, its text, its preview and its files."""
