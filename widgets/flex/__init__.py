"""Flexibility: its book behind a filter, ticker, contracts, ticket and map."""
