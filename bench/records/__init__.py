"""The made-up records that are measured on."""
