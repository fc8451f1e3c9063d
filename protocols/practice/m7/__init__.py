"""Scope `m7`: EPEX SPOT's M7 intraday."""
