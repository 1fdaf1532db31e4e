"""What tests stand on: engines, clones, factories and the cast."""
