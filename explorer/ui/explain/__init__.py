"""The pages of Explain: saliency maps and their grids, mistakes, checks."""
