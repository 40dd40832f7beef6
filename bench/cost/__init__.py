"""What pages and services cost, request by request, beside another build."""
