"""The Runs page: find a run among hundreds, put order among them, show them elsewhere."""
