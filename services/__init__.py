"""The ground that all services stand on; it knows none of them."""
