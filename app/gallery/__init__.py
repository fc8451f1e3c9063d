"""Pictures of every widget in every state, in both themes, at one and two pixels a point: to be looked at.

`market` fills a market by hand, `scenes` puts widgets before it, `pictures` paints them and lays out contact sheets.
Nothing here reads a clock, a file of the trader's or the network: the same pictures come of the same code.
"""
