"""Scope `npid`: Nord Pool Intraday."""
