"""Class mode: the host's settings, who a visitor is, and the name that the app asks for once."""
