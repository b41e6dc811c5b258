"""Sources that are asked over the network: what a system offers, and the frame that asks it."""
