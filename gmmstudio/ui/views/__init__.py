"""The centre of the window: the scatter, the table, convergence and the choice of K."""
