"""Settings: file, environment, options, in rising order of strength."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag import SettingInvalid, Settings, load_settings
from rag.gate import STRICTNESS


def _file(folder: Path, text: str) -> dict[str, str]:
    file = folder / "config.toml"
    file.write_text(text, encoding="utf-8")
    return {"SANAD_CONFIG": str(file)}


def test_each_source_overrides_the_one_before(tmp_path: Path) -> None:
    environ = _file(tmp_path, 'llm = "from-file"\nembedding = "from-file"\npassages = 7\n')
    environ |= {"SANAD_EMBEDDING": "from-environment", "SANAD_PASSAGES": "8"}
    settings = load_settings({"passages": 9, "store": None}, environ)
    assert settings.llm == "from-file"
    assert settings.embedding == "from-environment"
    assert settings.passages == 9


def test_store_of_the_environment(tmp_path: Path) -> None:
    assert load_settings({}, {"SANAD_STORE": str(tmp_path)}).store == tmp_path


def test_key_comes_from_the_environment_alone(tmp_path: Path) -> None:
    assert load_settings({}, {"SANAD_LLM_KEY": "secret"}).llm_key == "secret"
    with pytest.raises(SettingInvalid, match="llm_key"):
        load_settings({}, _file(tmp_path, 'llm_key = "secret"\n'))


@pytest.mark.parametrize(
    "text", ["passages = 0", 'passages = "many"', "pasages = 3", "llm = 3", "llm = "]
)
def test_bad_file_is_refused_in_one_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingInvalid) as caught:
        load_settings({}, _file(tmp_path, text))
    assert "\n" not in str(caught.value)


def test_named_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingInvalid):
        load_settings({}, {"SANAD_CONFIG": str(tmp_path / "none.toml")})


@pytest.mark.parametrize("value", ["0", "-3", "many", "1000"])
def test_bad_number_in_the_environment_is_refused(value: str) -> None:
    with pytest.raises(SettingInvalid):
        load_settings({}, {"SANAD_PASSAGES": value})


def test_defaults_leave_the_models_to_their_parts(tmp_path: Path) -> None:
    settings = load_settings({}, {"SANAD_STORE": str(tmp_path)})
    assert settings == Settings(store=tmp_path)
    assert settings.strictness == "balanced"
    assert settings.calibration is None


@pytest.mark.parametrize("strictness", STRICTNESS)
def test_strictness_is_set_in_every_place(tmp_path: Path, strictness: str) -> None:
    for settings in (
        load_settings({}, _file(tmp_path, f'strictness = "{strictness}"')),
        load_settings({}, {"SANAD_STRICTNESS": strictness}),
        load_settings({"strictness": strictness}, {"SANAD_STRICTNESS": "open"}),
    ):
        assert settings.strictness == strictness


@pytest.mark.parametrize("value", ["lax", "Strict", "", "1"])
def test_unknown_strictness_is_refused_and_the_known_are_named(tmp_path: Path, value: str) -> None:
    with pytest.raises(SettingInvalid, match=r"open, balanced, strict"):
        load_settings({}, _file(tmp_path, f'strictness = "{value}"'))
    with pytest.raises(SettingInvalid, match=r"open, balanced, strict"):
        load_settings({"strictness": value}, {})


def test_calibration_is_a_path_from_home_or_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    for value in ("~/mine.json", "mine.json", str(tmp_path / "mine.json")):
        for settings in (
            load_settings({}, {"SANAD_CALIBRATION": value}),
            load_settings({}, _file(tmp_path, f'calibration = "{value}"')),
        ):
            assert settings.calibration == tmp_path / "mine.json"


def test_models_of_passages_and_of_sentences_are_set_apart() -> None:
    settings = load_settings({}, {"SANAD_EMBEDDING": "big", "SANAD_SENTENCE_EMBEDDING": "small"})
    assert (settings.embedding, settings.sentence_embedding) == ("big", "small")


@pytest.mark.parametrize(
    "text",
    ["strictness = 1", "calibration = 2", "sentence_embedding = []", "threads = 0",
     'threads = "all"', "passages = true", "passages = 51", "strictness = true"],
)  # fmt: skip
def test_setting_of_the_wrong_kind_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingInvalid) as caught:
        load_settings({}, _file(tmp_path, text))
    assert text.split()[0] in str(caught.value)
