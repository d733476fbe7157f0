"""Exporting and importing runs, on the pages that list runs."""
