"""Sanad for other programs: the HTTP API under /api/v1, and OpenAI's interface under /v1."""
