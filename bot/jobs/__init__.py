"""Work that comes round by the clock."""
