"""What has JavaScript of its own; each component stands beside its script and style sheet."""
