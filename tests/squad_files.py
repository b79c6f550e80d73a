"""A small set of our own in SQuAD format: two articles of two paragraphs, in both languages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SET = [
    [("The lighthouse of Orm was lit in 1874. Its keeper was Jonas Vik.",
      "أُضيئت منارة أورم سنة 1874. وكان حارسها يوناس فيك.",
      ("Who kept the lighthouse of Orm?", "Jonas Vik", "من كان حارس منارة أورم؟", "يوناس فيك")),
     ("The ferry to Last Island leaves at noon. It carries forty people.",
      "تغادر العبّارة إلى جزيرة الأخيرة ظهرًا. وهي تتسع لأربعين راكبًا.",
      ("When does the ferry to Last Island leave?", "noon", "متى تغادر العبارة؟", "ظهرًا"))],
    [("Blue clay is dug near the village of Senna and fired for nine hours.",
      "يُستخرج الطين الأزرق قرب قرية سنّا ويُحرق تسع ساعات.",
      ("How long is blue clay fired?", "nine hours", "كم يُحرق الطين الأزرق؟", "تسع ساعات")),
     ("The potters of Senna sell their bowls on Thursdays in the market of Tir.",
      "يبيع خزّافو سنّا أوانيهم أيام الخميس في سوق تير.",
      ("When do the potters of Senna sell bowls?", "Thursdays",
       "متى يبيع خزّافو سنّا أوانيهم؟", "أيام الخميس"))],
]  # fmt: skip


def squad_file(folder: Path, language: str) -> Path:
    """Write the set in one language; files of both run in parallel."""
    arabic = language == "ar"
    articles: list[dict[str, Any]] = []
    for article in SET:
        paragraphs: list[dict[str, Any]] = []
        for english, translated, words in article:
            question, answer = words[2:] if arabic else words[:2]
            answers = [{"text": answer, "answer_start": 0}]
            qas = [{"id": "x", "question": question, "answers": answers}]
            paragraphs.append({"context": translated if arabic else english, "qas": qas})
        articles.append({"title": "t", "paragraphs": paragraphs})
    file = folder / f"set.{language}.json"
    file.write_text(json.dumps({"data": articles}))
    return file
