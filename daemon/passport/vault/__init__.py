"""What is kept: objects by SHA-256, documents (HAR), journals of decisions, the index and the search.

`vault.Vault` is the door. The folder is the truth; the index beside the daemon's state is derived from it.
"""
