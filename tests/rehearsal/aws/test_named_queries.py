from collections.abc import Callable
from typing import Any

import pytest

from rehearsal.environment import LocalAws

from .conftest import settled

pytestmark = pytest.mark.emulator


def test_a_table_a_workgroup_and_a_saved_query_come_change_and_go_with_their_stack(
    local_aws: LocalAws, stack: Callable[..., Any], name: str
) -> None:
    athena, glue = local_aws.client("athena"), local_aws.client("glue")
    assert stack(_resources(name, "SELECT 1"))["StackStatus"] == "CREATE_COMPLETE"
    table = glue.get_table(DatabaseName=name, Name="rollouts")["Table"]
    assert table["Parameters"]["projection.enabled"] == "true"

    stack(_resources(name, "SELECT 2"))

    assert _queries(athena, name) == ["SELECT 2"]
    cloudformation = local_aws.client("cloudformation")
    identifier = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackId"]
    cloudformation.delete_stack(StackName=name)
    assert settled(cloudformation, identifier)["StackStatus"] == "DELETE_COMPLETE"
    assert name not in [entry["Name"] for entry in athena.list_work_groups()["WorkGroups"]]
    assert name not in [entry["Name"] for entry in glue.get_databases()["DatabaseList"]]


def _queries(athena: Any, workgroup: str) -> list[str]:
    ids = athena.list_named_queries(WorkGroup=workgroup)["NamedQueryIds"]
    return [str(athena.get_named_query(NamedQueryId=id_)["NamedQuery"]["QueryString"]) for id_ in ids]


def _resources(name: str, query: str) -> dict[str, Any]:
    account = {"Ref": "AWS::AccountId"}
    database = {"CatalogId": account, "DatabaseInput": {"Name": name}}
    columns = {"Columns": [{"Name": "reward", "Type": "double"}], "Location": f"s3://{name}/rollouts/"}
    table_input = {"Name": "rollouts", "StorageDescriptor": columns, "Parameters": {"projection.enabled": "true"}}
    table = {"CatalogId": account, "DatabaseName": {"Ref": "D"}, "TableInput": table_input}
    workgroup = {"Name": name, "RecursiveDeleteOption": True}
    saved = {"Name": "q", "Database": {"Ref": "D"}, "WorkGroup": {"Ref": "W"}, "QueryString": query}
    return {
        "D": {"Type": "AWS::Glue::Database", "Properties": database},
        "T": {"Type": "AWS::Glue::Table", "Properties": table},
        "W": {"Type": "AWS::Athena::WorkGroup", "Properties": workgroup},
        "Q": {"Type": "AWS::Athena::NamedQuery", "Properties": saved},
    }
