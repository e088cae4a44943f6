"""ØMQ in readable Python."""
