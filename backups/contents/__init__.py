"""What a backup holds: the database in one of three forms, files, fingerprints of keys."""
