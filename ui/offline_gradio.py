"""Gradio, told to stay offline before it is imported; imported nowhere else.

It takes seconds to load, so whatever imports this is itself imported late.
"""

from __future__ import annotations

import os

# Neither Gradio nor the hub client may ask anybody anything; both read this when imported.
os.environ.update(
    {
        "GRADIO_ANALYTICS_ENABLED": "False",
        "HF_HUB_OFFLINE": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "DO_NOT_TRACK": "1",
    }
)

import gradio as gr

__all__ = ["gr"]
