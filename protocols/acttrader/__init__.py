"""ActTrader: FX orders in two dialects of one protocol, and the vendor's chart service for quotes."""
