"""How surely each row belongs to one cluster."""
