"""GLocalFlex: a marketplace for flexibility, over OAuth, REST and three WebSockets."""
