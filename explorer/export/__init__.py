"""Runs that leave this machine, in the forms that others read, and runs that come from elsewhere."""
