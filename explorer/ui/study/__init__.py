"""The Study page: choosing one, watching it, its findings, tables and panels."""
