"""The page that makes a report: its subject, its words, its preview and its files."""
