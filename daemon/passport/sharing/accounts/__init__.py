"""The owner's accounts at networks with an API: what is known of them here, what is secret in the keyring."""
