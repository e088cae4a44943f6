"""How bytes get from one process to another, and messages within one."""
