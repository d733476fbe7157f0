"""Lectures: adding views, the page that puts them in order, and stepping through them on the stage."""
