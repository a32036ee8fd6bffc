"""Unit 11: Services, the endpoints behind them, and the slices that list them."""
