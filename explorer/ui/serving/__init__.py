"""What the server does besides the pages: startup, background imports, and what visitors see when something fails."""
