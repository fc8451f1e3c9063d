"""What the trader sees and touches. Qt, pyqtgraph and `protocols.market`; never a socket, a file or a venue's name."""
