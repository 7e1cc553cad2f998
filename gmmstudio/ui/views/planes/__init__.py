"""What a scatter looks at: two columns, a plane through all of them, a tour."""
