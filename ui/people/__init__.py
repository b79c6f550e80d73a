"""People of a store: who they are, what they may do, and how they prove who they are."""
