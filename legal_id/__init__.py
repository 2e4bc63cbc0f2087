"""Legal-person ID: businesses by their unified social credit code, and who may act for them."""
