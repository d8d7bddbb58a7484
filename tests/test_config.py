"""Settings: where they come from, in which order, and what is refused."""

from pathlib import Path

import pytest

from qa.errors import ConfigError
from qa.settings.config import NAMES, Settings, load


def test_defaults(tmp_path: Path) -> None:
    """With nothing set, the documents are seeds/ and no model is named."""
    assert load(folder=tmp_path, environment={}) == Settings()


def test_order(tmp_path: Path) -> None:
    """A flag beats the environment, which beats .env, which beats qa.toml."""
    (tmp_path / "qa.toml").write_text('model = "toml"\nembedding = "toml"\ntimeout = 5\n')
    (tmp_path / ".env").write_text("QA_MODEL=dotenv\nQA_EMBEDDING=dotenv\nQA_ENGINE=llm\n")
    environment = {"QA_MODEL": "environment", "QA_EMBEDDING": "environment"}
    settings = load({"model": "flag", "engine": None}, folder=tmp_path, environment=environment)
    assert (settings.model, settings.embedding) == ("flag", "environment")
    assert (settings.engine, settings.timeout) == ("llm", 5.0)


def test_paths_in_a_file_count_from_it(tmp_path: Path) -> None:
    """A relative folder in qa.toml is meant from where the file lies."""
    (tmp_path / "qa.toml").write_text('documents = "papers"\n')
    assert load(folder=tmp_path, environment={}).documents == tmp_path / "papers"


def test_library_lies_beside_the_documents(tmp_path: Path) -> None:
    """Two folders side by side have a library each, under one .qa."""
    one, other = (Settings(documents=tmp_path / name) for name in ("papers", "minutes"))
    assert one.library_path == tmp_path / ".qa" / "papers"
    assert other.library_path == tmp_path / ".qa" / "minutes"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("modle = 'x'", "unknown key 'modle'; did you mean 'model'?"),
        ("engine = 'magic'", "'magic'; expected one of auto, extractive, llm"),
        ("timeout = 0", "is 0; a number above 0 is expected"),
        ("timeout = true", "is True; a number above 0 is expected"),
        ("documents = 3", "is 3; a folder's path is expected"),
        ("window = 12", "is 12; a number of tokens from 100 up is expected"),
        ("window = true", "is True; a number of tokens from 100 up is expected"),
        ("prices = 3", "is 3; a file's path is expected"),
        ("exclude = 3", "is 3; a list of patterns is expected"),
        ("api_key = 'sk-1'", "a key belongs in the environment or in .env"),
        ("model = ", "is not valid TOML"),
    ],
)
def test_bad_toml_is_refused(tmp_path: Path, text: str, message: str) -> None:
    """What qa.toml gets wrong is named, with what was expected."""
    (tmp_path / "qa.toml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        load(folder=tmp_path, environment={})
    assert message in str(caught.value)
    assert "sk-1" not in str(caught.value)


def test_misspelt_variable_is_refused(tmp_path: Path) -> None:
    """A misspelt QA_ variable is no silent nothing."""
    with pytest.raises(ConfigError) as caught:
        load(folder=tmp_path, environment={"QA_DOCUMENT": "x"})
    assert "'QA_DOCUMENT'; did you mean 'QA_DOCUMENTS'?" in str(caught.value)


def test_empty_variable_is_not_set(tmp_path: Path) -> None:
    """An empty variable is how a shell says that nothing is set."""
    assert load(folder=tmp_path, environment={"QA_MODEL": ""}).model is None


def test_key_is_never_shown() -> None:
    """A key stays out of the settings' representation."""
    assert "sk-secret" not in repr(Settings(api_key="sk-secret"))


def test_every_setting_has_a_variable() -> None:
    """What qa.toml can say, the environment can say; sources are tables of the file alone."""
    assert set(NAMES) | {"sources"} == set(Settings.__dataclass_fields__)
