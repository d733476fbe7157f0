"""A class: what the host has set, who a visitor is, and the name that is asked for once."""
