"""What is known and what the rules say when a guardian wants a child's payments back."""
