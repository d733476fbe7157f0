"""The Transfer page: choosing a transfer, its tables and results."""
