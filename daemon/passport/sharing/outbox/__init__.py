"""The outbox: posts that wait, are on their way, or were sent. It belongs to this computer, not to the vault.

The vault may be copied to other computers, and a scheduled post must go out once, not once from each of them. What was
sent is noted in the vault (`post:<id>` of the badge), where nothing is ever lost.
"""
