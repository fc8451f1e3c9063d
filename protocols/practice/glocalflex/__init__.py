"""The flexibility side of the practice venue: GLocalFlex, as its pages describe it."""
