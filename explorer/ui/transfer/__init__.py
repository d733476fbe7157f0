"""The Transfer page: choosing one, its tables and results."""
