"""Where the kernel puts the addresses that an installer would ask."""
