"""What every part of the API shares: faults, strict fields and filters, keyset pages, record kinds."""
