"""Building blocks that pages share; one with JavaScript of its own stands beside its script and style sheet."""
