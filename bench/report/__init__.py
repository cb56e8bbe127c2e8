"""What tools/bench is made of: histories, runs, tables, plots, and the page they go into."""
