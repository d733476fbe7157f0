"""The pages of Explain: saliency maps, mistakes, checks."""
