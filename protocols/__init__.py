"""What venues speak, and the market they describe. No Qt in here, no app, no widgets."""
