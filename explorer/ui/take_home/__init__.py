"""Taking runs home and bringing them in, on the pages that list runs."""
