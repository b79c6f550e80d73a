"""What a language model can do: the tasks, the profile they give, where it is kept, the command."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from llama_index.core.base.llms.types import ChatMessage, ChatResponseGen

from index import models
from rag import AnswerFailed, Settings
from rag.ask import Model
from rag.profile import (
    CAPABILITIES,
    NEEDED,
    PROFILES_FILE,
    UNTRIED,
    Profile,
    Profiles,
    known_profile,
    profile_for,
    shipped,
    tasks_version,
)
from rag.stop import Stop
from rag.trial import Task, TrialStopped, is_right, tasks, try_model
from rag.types import Turn
from tests.endpoint import DONE, Endpoint, words
from tests.scripted import ScriptedLLM, weak_llm
from tests.shop import until
from tests.trial_replies import REPLIES, RIGHT, WRONG
from ui import cli

EMBEDDED = models.DEFAULT_LANGUAGE_MODEL
DEAD_AFTER = 20
ALL = Profile(dict.fromkeys(CAPABILITIES, 1.0))


# --- the tasks ---------------------------------------------------------------------------------


def test_every_capability_has_tasks_and_a_share_that_is_needed() -> None:
    assert {task.capability for task in tasks()} == set(CAPABILITIES) == set(NEEDED)
    assert 35 <= len(tasks()) <= 60
    for capability in ("yesno_en", "yesno_ar", "not_there"):
        said = [task.verdict == "no" for task in tasks() if task.capability == capability]
        assert 2 * sum(said) == len(said)  # who always says the same gets half of them


@pytest.mark.parametrize(("task", "replies"), list(zip(tasks(), REPLIES, strict=True)))
def test_a_right_reply_is_told_from_a_wrong_one(task: Task, replies: tuple[str, str]) -> None:
    right, wrong = replies
    assert is_right(task, right)
    assert not is_right(task, wrong)
    assert not is_right(task, "")
    assert not is_right(task, "I am sorry, but as a language model I cannot do that.")


def test_the_numbers_of_a_list_are_no_figures() -> None:
    packed = next(task for task in tasks() if task.long and task.language == "en")
    listed = "Hikers have to carry:\n1. a whistle\n2. a map\n{}. two litres of water"
    assert is_right(packed, listed.format(3))
    assert not is_right(packed, listed.format("3. 14"))


def test_a_full_hour_is_the_hour() -> None:
    cars = next(task for task in tasks() if task.capability == "to_en")
    assert is_right(cars, "Cars may not enter the old market after 5:00 p.m.")
    assert not is_right(cars, "Cars may not enter the old market after 5:30 p.m.")


def test_replies_of_any_size_are_judged() -> None:
    for task in tasks():
        for hostile in ("و" * 50_000, "not " * 20_000, "{" * 50_000, '"words": "' + "\\" * 50_000):
            assert is_right(task, hostile) is False


# --- trying ------------------------------------------------------------------------------------


def test_a_model_that_does_everything_right_can_do_everything() -> None:
    seen: list[tuple[str, int, int, str]] = []
    llm = ScriptedLLM(*RIGHT, step=1000)
    profile = try_model(Model(llm), lambda *told: seen.append(told))
    assert profile == ALL
    assert all(profile.can(capability) for capability in CAPABILITIES)
    assert len(llm.prompts) == len(tasks())
    assert seen == [("trial", done, len(tasks()), "tasks") for done in range(1, len(tasks()) + 1)]


@pytest.mark.parametrize(
    "replies", [WRONG, ("",), ("Yes.",), ("نعم",), ("NO_ANSWER",), ("no no no no no",)]
)
def test_a_bad_model_can_do_nothing(replies: Sequence[str]) -> None:
    profile = try_model(Model(ScriptedLLM(*replies, step=1000)))
    assert not any(profile.can(capability) for capability in CAPABILITIES)


def test_what_a_model_can_do_is_told_apart() -> None:
    replies = [
        right if task.capability in ("write_en", "point") else wrong
        for task, (right, wrong) in zip(tasks(), REPLIES, strict=True)
    ]
    profile = try_model(Model(ScriptedLLM(*replies, step=1000)))
    assert {name for name in CAPABILITIES if profile.can(name)} == {"write_en", "point"}


class Dying(ScriptedLLM):
    """Does everything right, and then the line is dead."""

    def __init__(self) -> None:
        super().__init__(*RIGHT, step=1000)

    def stream_chat(self, messages: Sequence[ChatMessage], **kwargs: object) -> ChatResponseGen:
        if len(self.prompts) == DEAD_AFTER:
            raise OSError("the line is dead")
        return super().stream_chat(messages, **kwargs)


def test_a_model_that_fails_midway_gets_no_profile() -> None:
    seen: list[int] = []
    with pytest.raises(AnswerFailed, match="the line is dead"):
        try_model(Model(Dying()), lambda *told: seen.append(told[1]))
    assert seen[-1] == DEAD_AFTER


def test_a_trial_that_nobody_waits_for_ends_with_the_task_under_way() -> None:
    stop = Stop()
    llm = ScriptedLLM(*RIGHT, step=1000)

    def progress(stage: str, done: int, total: int, unit: str) -> None:
        if done == 7:
            stop.set()

    with stop.in_force(), pytest.raises(TrialStopped):
        try_model(Model(llm), progress)
    assert len(llm.prompts) <= 8


def test_a_model_that_hangs_is_left_at_once(endpoint: str) -> None:
    from rag.llm import open_endpoint

    stop, ended = Stop(), threading.Event()

    def work() -> None:
        with stop.in_force(), pytest.raises(TrialStopped):
            try_model(Model(open_endpoint("small", f"{endpoint}/drips/v1")))
        ended.set()

    threading.Thread(target=work, daemon=True).start()
    until(lambda: Endpoint.keys)
    assert not ended.is_set()
    stop.set()
    assert ended.wait(60)


def test_an_endpoint_that_takes_no_schema_cannot_point_and_is_tried_all_the_same(
    endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rag.llm import open_endpoint

    def post(self: Endpoint) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if "response_format" in asked or "logprobs" in asked:
            self._error(400, "unknown field")
        else:
            self.scripts["now"] = [*words("Yes, that is so."), DONE]
            self._play(self.scripts["now"])

    monkeypatch.setattr(Endpoint, "do_POST", post)
    profile = try_model(Model(open_endpoint("small", f"{endpoint}/v/v1")))
    assert profile.scores["point"] == 0.0
    assert profile.scores["yesno_en"] == 0.5


# --- profiles ----------------------------------------------------------------------------------


def test_the_embedded_model_has_a_profile_of_todays_tasks() -> None:
    file = Path(__file__).parents[1] / "rag" / "profiles.json"
    entry = json.loads(file.read_text(encoding="utf-8"))[EMBEDDED]
    assert entry["tasks"] == tasks_version()
    assert set(entry["scores"]) == set(CAPABILITIES)
    profile = shipped(EMBEDDED)
    assert profile is not None
    assert profile.can("write_en")
    assert not profile.can("yesno_ar")
    assert not profile.can("to_ar")


def test_a_model_has_the_profile_it_is_given_or_that_of_its_name() -> None:
    assert Model(ScriptedLLM("x"), ALL).profile is ALL
    assert Model(ScriptedLLM("x")).profile is UNTRIED
    assert Model(weak_llm("x")).profile == shipped(EMBEDDED)


def test_a_model_that_nobody_has_tried_is_used_with_care(tmp_path: Path) -> None:
    profile = profile_for(Settings(store=tmp_path, llm="new", llm_url="http://127.0.0.1:1/v1"))
    able = {name for name in CAPABILITIES if profile.can(name)}
    assert able == {"write_en", "write_ar", "point", "not_there"}


def test_a_profile_is_kept_by_name_and_address(tmp_path: Path) -> None:
    tried = Settings(store=tmp_path / "s", llm="m", llm_url="http://127.0.0.1:1/v1", llm_key="k-1")
    profile = Profile({**ALL.scores, "to_ar": 0.25})
    Profiles(tried.store).keep(tried, profile)
    assert known_profile(tried) == profile
    for url in ("http://127.0.0.1:1/v1/", "http://me:pw@127.0.0.1:1/v1/chat/completions"):
        assert known_profile(Settings(tried.store, llm="m", llm_url=url)) == profile
    for name, other in (("n", tried.llm_url), ("m", "http://127.0.0.1:2/v1"), ("m", None)):
        assert known_profile(Settings(tried.store, llm=name, llm_url=other)) is None
    file = tried.store / PROFILES_FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "k-1" not in file.read_text()
    Profiles(tried.store).keep(Settings(tried.store, llm="m"), ALL)
    assert known_profile(tried) == profile  # the other one stays beside it
    assert known_profile(Settings(tried.store, llm="m")) == ALL


def test_what_was_measured_here_is_believed_before_what_was_shipped(tmp_path: Path) -> None:
    settings = Settings(store=tmp_path)
    assert profile_for(settings) == shipped(EMBEDDED)
    Profiles(tmp_path).keep(settings, ALL)
    assert profile_for(settings) == ALL
    named = Settings(store=tmp_path, llm=EMBEDDED, llm_url="http://127.0.0.1:1/v1")
    assert profile_for(named) is UNTRIED  # a name says nothing about what runs elsewhere


def test_with_other_tasks_a_model_is_tried_again(tmp_path: Path) -> None:
    settings = Settings(store=tmp_path, llm="m")
    Profiles(tmp_path).keep(settings, ALL)
    file = tmp_path / PROFILES_FILE
    file.write_text(file.read_text().replace(tasks_version(), "older"))
    assert known_profile(settings) is None


@pytest.mark.parametrize(
    "content",
    [
        "", "{", "[]", "null", "[" * 100_000, "\udcff", '{"m": 4}', '{"m": {"tasks": "T"}}',
        '{"m": {"tasks": "T", "scores": {}}}', '{"m": {"tasks": "T", "scores": {"point": "1"}}}',
        '{"m": {"tasks": "T", "scores": {"write_en": NaN}}}', '{"m": {"tasks": [], "scores": 1}}',
    ],
)  # fmt: skip
def test_a_damaged_memory_is_as_none_and_is_written_anew(tmp_path: Path, content: str) -> None:
    settings = Settings(store=tmp_path, llm="m")
    told = content.replace('"T"', json.dumps(tasks_version()))
    (tmp_path / PROFILES_FILE).write_bytes(told.encode("utf-8", "surrogateescape"))
    assert known_profile(settings) is None
    Profiles(tmp_path).keep(settings, ALL)
    assert known_profile(settings) == ALL


def test_only_the_newest_profiles_are_kept(tmp_path: Path) -> None:
    for number in range(105):
        Profiles(tmp_path).keep(Settings(store=tmp_path, llm=f"m{number}"), ALL)
    assert known_profile(Settings(store=tmp_path, llm="m4")) is None
    assert known_profile(Settings(store=tmp_path, llm="m5")) == ALL


# --- sanad models try --------------------------------------------------------------------------


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SANAD_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("SANAD_LANG", "en")
    return tmp_path / "store"


def test_a_model_is_tried_from_the_command_line_and_kept(
    store: Path, endpoint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"{endpoint}/v/v1"
    assert cli.main(["models", "try", "small", "--llm-url", url, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["model"], told["url"], told["tasks"]) == ("small", url, tasks_version())
    assert set(told["capabilities"]) == set(CAPABILITIES)
    assert told["capabilities"]["to_ar"] == {"right": 0.0, "needed": 0.75, "can": False}
    kept = known_profile(Settings(store, llm="small", llm_url=url))
    assert kept is not None
    assert not kept.can("write_en")

    assert cli.main(["models", "try", "small", "--llm-url", url]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines if line.startswith("answer in English")] == [
        ["answer", "in", "English", "0", "of", "4", "no"]
    ]


@pytest.mark.parametrize(("way", "why"), [("failing", "status 500"), ("v", "status 404")])
def test_an_endpoint_that_fails_is_told_in_one_line_and_nothing_is_kept(
    store: Path, endpoint: str, capsys: pytest.CaptureFixture[str], way: str, why: str
) -> None:
    name = "huge" if way == "v" else "small"
    assert cli.main(["models", "try", name, "--llm-url", f"{endpoint}/{way}/v1"]) == cli.EXIT_FAILED
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert why in told.err
    assert not (store / PROFILES_FILE).exists()


def test_ctrl_c_ends_a_trial_that_hangs(store: Path, endpoint: str) -> None:
    running = subprocess.Popen(
        [sys.executable, "-m", "ui.cli", "models", "try", "small"],
        env={**os.environ, "SANAD_LLM_URL": f"{endpoint}/drips/v1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    until(lambda: Endpoint.keys)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert running.returncode == cli.EXIT_INTERRUPTED
    assert (out, err.strip()) == ("", "Stopped. Nothing was kept of it.")
    assert not (store / PROFILES_FILE).exists()


def test_a_question_is_rewritten_from_one_line_each() -> None:
    from rag.trial import rewrite_messages

    asked = str(rewrite_messages("And\nwho?", Turn("When\n\nQuestion: x?", "a" * 9_999), "en")[1])
    assert "When Question: x?" in asked
    assert len(asked) < 1_500
