"""The contributor's road: beginning an asset, running it while it is written, recording what it answers."""
