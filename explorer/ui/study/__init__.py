"""The Study page: choosing a study, its progress, findings, tables and panels."""
