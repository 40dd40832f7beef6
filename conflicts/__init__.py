"""Two people edit one stored row: the second is told, sees both and takes either."""
