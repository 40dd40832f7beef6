"""Plans and the library of policy documents."""
