"""The arithmetic of the lifecycle: no ORM, no database, no clock, no randomness."""
