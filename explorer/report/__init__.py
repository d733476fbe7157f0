"""A report of runs: one file that can be read without this app, and checked with it."""
