"""What turns lessons and guides into the site."""
