"""The chapters of the report: each turns what there is into paragraphs, tables and figures."""
