"""When things happen: periods of local days, opening hours, and clocks that jump twice a year."""
