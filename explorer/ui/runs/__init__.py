"""The Runs page: find a run among hundreds, organise them, show them on other pages."""
