"""What passes between peers: taken apart, watched, and broken on purpose."""
