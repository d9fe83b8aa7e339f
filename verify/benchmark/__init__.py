"""What the toolkit measures of itself: how fast it looks, and how much of what is wrong it finds."""
