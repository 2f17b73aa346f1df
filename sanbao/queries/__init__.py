"""What a person asks of the published data."""
