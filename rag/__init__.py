"""The question's way: a question -> passages -> an answer, each sentence with its source.

from index import Library
from rag import Assistant

assistant = Assistant(Library.open("my-store"))
answer = assistant.ask("كم يوماً إجازة الموظف الجديد؟")
"""

from rag.assistant import Assistant
from rag.config import Settings, load_settings
from rag.errors import AnswerFailed, SettingInvalid
from rag.types import Answer, Citation, Piece, Seconds, Turn

__all__ = [
    "Answer",
    "AnswerFailed",
    "Assistant",
    "Citation",
    "Piece",
    "Seconds",
    "SettingInvalid",
    "Settings",
    "Turn",
    "load_settings",
]
