"""A run as plain PyTorch: one file of code without this package, with the weights beside it."""
