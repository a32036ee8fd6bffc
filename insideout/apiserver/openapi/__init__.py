"""The API described for clients: OpenAPI documents for kubectl explain, apply and diff."""
