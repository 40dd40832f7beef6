"""Backup and restore beside `pg_dump -Fc` and `pg_restore` alone."""
