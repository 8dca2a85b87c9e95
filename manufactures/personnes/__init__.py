"""People, seen from the roof: how they come in, what they hold, who leaves, what the record says of them."""
