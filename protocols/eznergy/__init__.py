"""The eZ-nergy WebSocket API of Energy One (EPEX SPOT's M7 intraday market, scope `m7`)."""
