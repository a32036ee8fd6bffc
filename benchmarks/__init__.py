"""How fast and how small: each figure is printed, with the peer's figure where there is one."""
