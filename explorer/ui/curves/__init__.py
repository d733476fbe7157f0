"""The Curves page: runs against each other, their plots, tests on equal images, a table."""
