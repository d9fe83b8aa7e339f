"""How a claim is proved for all values: strategies that find certificates for the kernel to check."""
