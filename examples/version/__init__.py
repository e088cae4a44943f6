"""What is installed here."""
