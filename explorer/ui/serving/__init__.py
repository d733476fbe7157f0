"""What the server does besides the pages: start, imports behind them, and what shows when something fails."""
