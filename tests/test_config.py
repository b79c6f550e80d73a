"""Settings: file, environment, options, in rising order of strength."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag import SettingInvalid, load_settings


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
