"""The Curves page: runs compared by their curves, by tests on the same images, and in a table."""
