import re
from dataclasses import fields
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from aws_cdk.assertions import Template

from lambda_src.reward.rollout_row import Row
from tests.infra.synthesis import inputs_of, only, template_of, text, write_project


@pytest.fixture(scope="module")
def table(template: Template) -> dict[str, Any]:
    return dict(only(template, "AWS::Glue::Table")["Properties"]["TableInput"])


def _types(columns: list[dict[str, str]]) -> dict[str, str]:
    return {column["Name"]: column["Type"] for column in columns}


def test_columns_and_partitions_are_the_fields_of_a_row_each_once(table: dict[str, Any]) -> None:
    """Athena refuses a table that has a partition's name among its columns."""
    columns = [column["Name"] for column in table["StorageDescriptor"]["Columns"]]
    partitions = [partition["Name"] for partition in table["PartitionKeys"]]

    assert [*columns, "run"] == sorted([field.name for field in fields(Row)], key=[*columns, "run"].index)
    assert partitions == ["run", "day", "hour"]
    assert not set(columns) & set(partitions)


@pytest.mark.parametrize(
    ("hive", "python"),
    [
        ("string", "str|None"),
        ("double", "float"),
        ("boolean", "bool"),
        ("bigint", "int"),
        ("array<bigint>", "tuple[int,...]"),
        ("map<string,double>", "Mapping[str,float]"),
        ("map<string,string>", "Mapping[str,str]"),
    ],
)
def test_types_are_those_of_a_row(hive: str, python: str, table: dict[str, Any]) -> None:
    hints = {name: _spelled(hint) for name, hint in get_type_hints(Row).items() if name != "run"}
    columns = _types(table["StorageDescriptor"]["Columns"])

    assert {name for name, type_ in columns.items() if type_ == hive} == {
        name for name, hint in hints.items() if hint.removesuffix("|None") == python.removesuffix("|None")
    }


def _spelled(hint: Any) -> str:
    name = hint.__name__ if isinstance(hint, type) and not hasattr(hint, "__args__") else str(hint)
    return re.sub(r"collections\.abc\.| ", "", name)


def test_every_partition_is_worked_out_and_none_older_than_what_is_kept() -> None:
    table = only(template_of({"rollouts": {"days": 30}}), "AWS::Glue::Table")["Properties"]["TableInput"]

    projected = {key.split(".")[1] for key in table["Parameters"] if key.endswith(".type")}
    assert projected == {partition["Name"] for partition in table["PartitionKeys"]}
    assert table["Parameters"]["projection.day.range"] == "NOW-30DAYS,NOW"


def test_results_are_encrypted_wherever_a_query_comes_from(template: Template) -> None:
    settings = only(template, "AWS::Athena::WorkGroup")["Properties"]["WorkGroupConfiguration"]

    result = settings["ResultConfiguration"]
    assert settings["EnforceWorkGroupConfiguration"] is True
    assert result["EncryptionConfiguration"]["EncryptionOption"] == "SSE_KMS"
    assert re.fullmatch(r"s3://<StorageRuns\w+>/athena/", text(result["OutputLocation"]))


def test_the_query_is_about_the_run_that_is_deployed(template: Template, tmp_path: Path) -> None:
    query = only(template, "AWS::Athena::NamedQuery")["Properties"]

    assert f"run = '{inputs_of(write_project(tmp_path)).run}'" in text(query["QueryString"])
    assert text(query["WorkGroup"]).startswith("<RolloutsWorkgroup")


def test_the_query_asks_for_columns_that_there_are(template: Template, table: dict[str, Any]) -> None:
    query = re.sub(r"--.*|'[^']*'", "", text(only(template, "AWS::Athena::NamedQuery")["Properties"]["QueryString"]))
    known = {*_types(table["StorageDescriptor"]["Columns"]), "run"}

    asked = set(re.findall(r"\b[a-z]\w*\b(?!\()", query.partition("FROM")[0])) - set(re.findall(r"AS (\w+)", query))
    assert asked <= known


@pytest.mark.parametrize("type_", ["AWS::Glue::Database", "AWS::Glue::Table", "AWS::Athena::WorkGroup"])
def test_there_is_no_table_where_nothing_is_kept(type_: str) -> None:
    assert not template_of({"rollouts": {"keep": 0}}).find_resources(type_)
