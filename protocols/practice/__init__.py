"""The practice venue: a deterministic market from a seed, real matching, and a gateway that speaks the venue's wire."""
