"""The Architecture page: the diagram, its tables, receptive fields, published models."""
