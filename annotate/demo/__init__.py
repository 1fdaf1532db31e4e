"""The demonstration: families, replies and readers, all invented and marked as such. Nothing here is data."""
