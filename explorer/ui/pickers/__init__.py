"""Pickers for runs, images, data sets, options and networks; choices are kept across pages and stored in the link."""
