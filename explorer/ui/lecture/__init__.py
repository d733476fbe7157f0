"""Lectures: keeping views, the page that puts them in order, and the way from one to the next on the stage."""
