"""An outside client of the gateway: it speaks HTTP and signs with `cryptography`, and shares no code with the suite."""
