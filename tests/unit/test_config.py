from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from hallmark.config import OPTIONS, Settings, airflow_home, settings
from hallmark.errors import ConfigError

NUMBERS = ("sample_rows", "staging_ttl_hours")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("AIRFLOW_CONFIG", raising=False)
    (tmp_path / "airflow").mkdir()
    return tmp_path / "airflow"


def write(home: Path, *lines: str, section: str = "hallmark") -> None:
    (home / "airflow.cfg").write_text("\n".join(["[core]", "load_examples = False", f"[{section}]", *lines, ""]))


def refusal() -> str:
    with pytest.raises(ConfigError) as raised:
        settings()
    return str(raised.value)


class TestDefaults:
    def test_all_lies_below_the_home_of_the_process(self, home: Path) -> None:
        found = settings()
        assert found == Settings(
            lake_root=f"{home}/hallmark/lake",
            storage_options={},
            catalog_url=f"sqlite:///{home}/hallmark/catalog.db",
            catalog_conn_id="",
            mlflow_tracking_uri=f"sqlite:///{home}/hallmark/mlflow.db",
            mlflow_artifact_root=f"{home}/hallmark/mlartifacts",
            sample_rows=20,
            staging_ttl_hours=24.0,
            namespace="default",
            lineage_backends="{}",
            lineage_spool=f"{home}/hallmark/spool",
            lineage_namespaces={},
        )

    def test_the_home_is_airflows(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AIRFLOW_HOME", "~/elsewhere")
        assert airflow_home() == Path.home() / "elsewhere"
        monkeypatch.delenv("AIRFLOW_HOME")
        assert airflow_home() == Path.home() / "airflow"

    def test_braces_in_the_home_are_part_of_its_name(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path / "{home}"))
        assert settings().lake_root == f"{tmp_path}/{{home}}/hallmark/lake"

    def test_every_option_is_described_and_has_a_field(self) -> None:
        assert {o.name for o in OPTIONS} == set(Settings.__dataclass_fields__)
        assert all(o.description.endswith(".") for o in OPTIONS)

    def test_airflow_is_not_imported(self) -> None:
        code = "import sys; from hallmark.config import settings; settings(); print('airflow' in sys.modules)"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "False"


class TestPrecedence:
    """The environment, then its command, then airflow.cfg, then its command, then the default."""

    def test_each_place_wins_over_those_after_it(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        assert settings().namespace == "default"
        write(home, "namespace_cmd = echo of the command in the file")
        assert settings().namespace == "of the command in the file"
        write(home, "namespace_cmd = echo no", "namespace = of the file")
        assert settings().namespace == "of the file"
        monkeypatch.setenv("AIRFLOW__HALLMARK__NAMESPACE_CMD", "echo of the command")
        assert settings().namespace == "of the command"
        monkeypatch.setenv("AIRFLOW__HALLMARK__NAMESPACE", "of the environment")
        assert settings().namespace == "of the environment"

    def test_what_is_empty_is_not_set(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        write(home, "lake_root =", "namespace = of the file")
        monkeypatch.setenv("AIRFLOW__HALLMARK__NAMESPACE", "")
        monkeypatch.setenv("AIRFLOW__HALLMARK__LAKE_ROOT", "")
        assert settings().namespace == "of the file"
        assert settings().lake_root == f"{home}/hallmark/lake"

    def test_another_configuration_file_may_be_named(
        self, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write(home, "namespace = of the home")
        (tmp_path / "other.cfg").write_text("[hallmark]\nnamespace = of the other\n")
        monkeypatch.setenv("AIRFLOW_CONFIG", str(tmp_path / "other.cfg"))
        assert settings().namespace == "of the other"

    def test_other_sections_are_not_ours(self, home: Path) -> None:
        write(home, "namespace = of somebody", section="openlineage")
        assert settings().namespace == "default"


class TestFile:
    def test_nothing_is_interpolated_in_a_password(self, home: Path) -> None:
        write(home, "catalog_url = postgresql://ada:50%(off)s%%@host/db")
        assert settings().catalog_url == "postgresql://ada:50%(off)s%%@host/db"

    def test_environment_variables_are_filled_in_as_airflow_does(
        self, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("LAKE_OF_THIS_TEST", "/mnt/lake")
        write(home, "lake_root = ${LAKE_OF_THIS_TEST}/gold/")
        assert settings().lake_root == "/mnt/lake/gold"

    def test_names_are_read_as_utf_8(self, home: Path) -> None:
        (home / "airflow.cfg").write_bytes("[hallmark]\nnamespace = größe\n".encode())
        assert settings().namespace == "größe"

    @pytest.mark.parametrize("content", [b"namespace = x\n", b"[hallmark]\nnamespace = gr\xf6\xdfe\n"])
    def test_what_is_no_configuration_is_named(self, home: Path, content: bytes) -> None:
        (home / "airflow.cfg").write_bytes(content)
        assert refusal() == (
            f"{home / 'airflow.cfg'} is not an Airflow configuration file; mend it, or set AIRFLOW_CONFIG"
        )


class TestCommand:
    def test_its_output_is_the_value_without_the_last_line_end(
        self, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (home / "secret").write_text("postgresql://ada:hunter2@host/db\n")
        command = f"cat {shlex.quote(str(home / 'secret'))}"
        monkeypatch.setenv("AIRFLOW__HALLMARK__CATALOG_URL_CMD", command)
        assert settings().catalog_url == "postgresql://ada:hunter2@host/db"

    def test_no_shell_runs_it(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AIRFLOW__HALLMARK__NAMESPACE_CMD", "echo a; touch x && echo $HOME")
        assert settings().namespace == "a; touch x && echo $HOME"

    @pytest.mark.parametrize(
        ("command", "kind"),
        [("false", "CalledProcessError"), ("/nowhere/at-all", "FileNotFoundError"), ("echo 'open", "ValueError")],
    )
    def test_one_that_fails_is_to_be_run_by_hand(
        self, monkeypatch: pytest.MonkeyPatch, command: str, kind: str
    ) -> None:
        monkeypatch.setenv("AIRFLOW__HALLMARK__CATALOG_URL_CMD", command)
        assert refusal() == (
            f"the command that gives [hallmark] catalog_url failed with {kind}; "
            "run the command of catalog_url_cmd (or AIRFLOW__HALLMARK__CATALOG_URL_CMD) by hand"
        )


class TestTypes:
    @pytest.mark.parametrize("name", NUMBERS)
    @pytest.mark.parametrize("text", ["many", "1,5", "0x10"])
    def test_a_number_is_a_number(self, monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> None:
        monkeypatch.setenv(f"AIRFLOW__HALLMARK__{name.upper()}", text)
        assert refusal() == f"[hallmark] {name} is {text!r}, not a number; set a number"

    @pytest.mark.parametrize("name", NUMBERS)
    @pytest.mark.parametrize("text", ["-1", "inf", "nan", "1e999"])
    def test_a_number_is_finite_and_not_below_zero(self, monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> None:
        monkeypatch.setenv(f"AIRFLOW__HALLMARK__{name.upper()}", text)
        assert refusal() == f"[hallmark] {name} is {text!r}; set a number that is finite and not below zero"

    def test_storage_options_are_texts_for_the_libraries_that_take_them(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(
            "AIRFLOW__HALLMARK__STORAGE_OPTIONS", '{"AWS_REGION": "eu-west-1", "AWS_ALLOW_HTTP": true, "retries": 3}'
        )
        assert settings().storage_options == {"AWS_REGION": "eu-west-1", "AWS_ALLOW_HTTP": "true", "retries": "3"}

    @pytest.mark.parametrize(("text", "fault"), [("{region: x}", "is not JSON"), ("[1]", "is not a JSON object")])
    def test_storage_options_are_an_object(self, monkeypatch: pytest.MonkeyPatch, text: str, fault: str) -> None:
        monkeypatch.setenv("AIRFLOW__HALLMARK__STORAGE_OPTIONS", text)
        assert refusal() == f'[hallmark] storage_options {fault}; set an object such as {{"region": "eu-west-1"}}'

    @pytest.mark.parametrize(
        ("given", "root"), [("/", "/"), ("/lake//", "/lake"), ("s3://bucket/", "s3://bucket"), ("lake", "lake")]
    )
    def test_a_lake_root_ends_without_a_slash(self, monkeypatch: pytest.MonkeyPatch, given: str, root: str) -> None:
        monkeypatch.setenv("AIRFLOW__HALLMARK__LAKE_ROOT", given)
        assert settings().lake_root == root


class TestSecrets:
    SECRET = "hunter2"

    def test_what_may_hold_secrets_is_marked_so_that_airflow_hides_it(self) -> None:
        secret = {"storage_options", "catalog_url", "mlflow_tracking_uri", "lineage_backends"}
        assert {o.name for o in OPTIONS if o.sensitive} == secret

    def test_settings_show_none_of_them(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AIRFLOW__HALLMARK__STORAGE_OPTIONS", f'{{"AWS_SECRET_ACCESS_KEY": "{self.SECRET}"}}')
        monkeypatch.setenv("AIRFLOW__HALLMARK__CATALOG_URL", f"postgresql://ada:{self.SECRET}@host/db")
        monkeypatch.setenv("AIRFLOW__HALLMARK__MLFLOW_TRACKING_URI", f"https://ada:{self.SECRET}@host")
        monkeypatch.setenv("AIRFLOW__HALLMARK__LINEAGE_BACKENDS", f'{{"m": {{"auth": "{self.SECRET}"}}}}')
        found = settings()
        assert self.SECRET in found.catalog_url
        assert self.SECRET not in f"{found} {found!r}" and "lake_root=" in repr(found)

    @pytest.mark.parametrize("text", ['{"key": "hunter2"', '["hunter2"]'])
    def test_an_error_shows_none_of_them(self, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
        monkeypatch.setenv("AIRFLOW__HALLMARK__STORAGE_OPTIONS", text)
        assert self.SECRET not in refusal()

    def test_what_a_failing_command_prints_is_not_told(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        script = home / "secret.sh"
        script.write_text(f"echo {self.SECRET}; echo {self.SECRET} >&2; exit 3\n")
        monkeypatch.setenv("AIRFLOW__HALLMARK__CATALOG_URL_CMD", f"sh {script}")
        assert self.SECRET not in refusal()
