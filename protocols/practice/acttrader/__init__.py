"""The practice venue's FX side: twelve pairs, orders in both of ActTrader's dialects, the chart service."""
