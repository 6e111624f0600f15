"""Rollouts as a table: what Athena needs to answer SQL about them."""

from collections.abc import Mapping
from typing import Final

from aws_cdk import Stack
from aws_cdk import aws_athena as athena
from aws_cdk import aws_glue as glue
from constructs import Construct

from .run_identity import RunIdentity
from .storage import QUERIES, ROLLOUTS, Storage

TABLE: Final = "rollouts"
COLUMNS: Final[Mapping[str, str]] = {
    "time": "string",
    "batch": "string",
    "id": "string",
    "prompt_id": "string",
    "reward": "double",
    "parts": "map<string,double>",
    "parsed": "boolean",
    "error": "string",
    "failed": "string",
    "characters": "bigint",
    "unfinished": "boolean",
    "sketch": "array<bigint>",
    "milliseconds": "double",
    "prompt": "string",
    "response": "string",
    "reasons": "map<string,string>",
    "metrics": "map<string,double>",
    "redacted": "boolean",
}
"""Fields of ``Row`` in Hive's types; its run is a partition."""

PARTITIONS: Final[Mapping[str, str]] = {"run": "string", "day": "string", "hour": "int"}
"""In the order of the folders, which have their names: ``run=…/day=…/hour=…``."""

_TEXT_INPUT: Final = "org.apache.hadoop.mapred.TextInputFormat"  # which reads .gz, too
_TEXT_OUTPUT: Final = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
_JSON: Final = "org.apache.hive.hcatalog.data.JsonSerDe"  # OpenX's results may differ from query to query, says Athena
_MOST_BYTES: Final = 10 * 1024**3  # of one query: five cents

_HARDEST: Final = """\
-- The fifty prompts that earn least, with their worst and best responses.
SELECT prompt_id,
       count(*) AS rollouts,
       avg(reward) AS reward,
       min_by(reward, time) AS first_reward,
       max_by(reward, time) AS last_reward,
       avg(characters) AS characters,
       arbitrary(prompt) AS prompt,
       min_by(response, reward) AS worst,
       max_by(response, reward) AS best
FROM {database}.{table}
WHERE run = '{run}' AND error IS NULL
GROUP BY prompt_id
ORDER BY reward, prompt_id
LIMIT 50
"""


class RolloutTable(Construct):
    """A Glue table over the rollouts of all runs of a stage, and a workgroup that asks it.

    Nothing keeps a list of partitions: Athena works them out. So every query says which run it is about.
    https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html

    Attributes:
        name: ``database.table``, as in SQL.
        workgroup: Name of the workgroup, which encrypts results and limits what a query reads.
    """

    def __init__(self, scope: Construct, id_: str, *, identity: RunIdentity, storage: Storage, days: int) -> None:
        """Create both, and a query to start from.

        Args:
            days: After which rollouts are deleted; older ones are not looked for.
        """
        super().__init__(scope, id_)
        catalog = Stack.of(self).account
        stage = f"{identity.project}-{identity.stage}"
        database = glue.CfnDatabase(
            self,
            "Database",
            catalog_id=catalog,
            database_input=glue.CfnDatabase.DatabaseInputProperty(
                name=f"rft_{stage.replace('-', '_')}", description=f"Reinforcement fine-tuning of {stage}"
            ),
        )
        glue.CfnTable(
            self,
            "Resource",
            catalog_id=catalog,
            database_name=database.ref,
            table_input=_table(storage.runs.s3_url_for_object(ROLLOUTS), days),
        )
        workgroup = _workgroup(self, f"rft-{stage}", storage)
        self.name = f"{database.ref}.{TABLE}"
        self.workgroup = workgroup.ref
        athena.CfnNamedQuery(
            self,
            "Hardest",
            name=f"rft-{stage}: hardest prompts of run {identity.run}",
            database=database.ref,
            work_group=workgroup.ref,
            query_string=_HARDEST.format(database=database.ref, table=TABLE, run=identity.run),
        )


def _table(location: str, days: int) -> glue.CfnTable.TableInputProperty:
    return glue.CfnTable.TableInputProperty(
        name=TABLE,
        description="Graded rollouts; every query names a run",
        table_type="EXTERNAL_TABLE",
        partition_keys=_columns(PARTITIONS),
        storage_descriptor=glue.CfnTable.StorageDescriptorProperty(
            columns=_columns(COLUMNS),
            location=location,
            compressed=True,
            input_format=_TEXT_INPUT,
            output_format=_TEXT_OUTPUT,
            serde_info=glue.CfnTable.SerdeInfoProperty(serialization_library=_JSON),
        ),
        parameters={
            "EXTERNAL": "TRUE",
            "classification": "json",
            "compressionType": "gzip",
            "projection.enabled": "true",
            "projection.run.type": "injected",
            "projection.day.type": "date",
            "projection.day.format": "yyyy-MM-dd",
            "projection.day.range": f"NOW-{days}DAYS,NOW",
            "projection.hour.type": "integer",
            "projection.hour.range": "0,23",
            "projection.hour.digits": "2",
        },
    )


def _columns(types: Mapping[str, str]) -> list[glue.CfnTable.ColumnProperty]:
    return [glue.CfnTable.ColumnProperty(name=name, type=type_) for name, type_ in types.items()]


def _workgroup(scope: Construct, name: str, storage: Storage) -> athena.CfnWorkGroup:
    encryption = athena.CfnWorkGroup.EncryptionConfigurationProperty(
        encryption_option="SSE_KMS", kms_key=storage.key.key_arn
    )
    return athena.CfnWorkGroup(
        scope,
        "Workgroup",
        name=name,
        recursive_delete_option=True,  # with its history of queries
        work_group_configuration=athena.CfnWorkGroup.WorkGroupConfigurationProperty(
            enforce_work_group_configuration=True,
            bytes_scanned_cutoff_per_query=_MOST_BYTES,
            publish_cloud_watch_metrics_enabled=False,
            result_configuration=athena.CfnWorkGroup.ResultConfigurationProperty(
                output_location=storage.runs.s3_url_for_object(QUERIES), encryption_configuration=encryption
            ),
        ),
    )
