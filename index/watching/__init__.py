"""Folders that a library follows by itself: what appears in them comes in, what goes goes."""

from index.watching.events import EventKind, FolderEvent
from index.watching.places import place_to_watch
from index.watching.watched import LIST_NAME, FolderStatus, WatchedFolders
from index.watching.watcher import FolderState

__all__ = [
    "LIST_NAME",
    "EventKind",
    "FolderEvent",
    "FolderState",
    "FolderStatus",
    "WatchedFolders",
    "place_to_watch",
]
