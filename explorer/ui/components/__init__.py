"""Components that pages share; those with JavaScript have their script and style sheet in the same folder."""
