"""The other pages of Look inside: gradients, filters, embedding."""
