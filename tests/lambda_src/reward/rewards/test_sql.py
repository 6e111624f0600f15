# ruff: noqa: S608 - queries are what is tested
"""What a query earns: for what it returns on every database, never for its text."""

import json
from typing import Any

import pytest

from lambda_src.reward.rewards import sql
from lambda_src.reward.rollout import RecordError, Rollout

SCHEMA = """
CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, city TEXT, age INTEGER);
CREATE TABLE pets (id INTEGER PRIMARY KEY, owner INTEGER REFERENCES people (id), kind TEXT, weight REAL);
"""
ROWS = {
    "people": [[1, "Ada", "Oslo", 30], [2, "Ben", "Rome", 41], [3, "Cid", "Oslo", 25]],
    "pets": [[1, 1, "cat", 4.5], [2, 1, "dog", 20.25], [3, 3, "cat", 3.9], [4, 2, "fish", None]],
}
ROWS_2 = {
    "people": [[1, "Eve", "Oslo", 19], [2, "Fay", "Oslo", 50]],
    "pets": [[1, 2, "cat", 6.1], [2, 2, "cat", 5.0], [3, 1, "dog", 11.5]],
}
DATABASES = {"schema": SCHEMA, "rows": ROWS, "rows_2": ROWS_2}
CATS = "SELECT p.name, COUNT(*) AS cats FROM people p JOIN pets a ON a.owner = p.id WHERE a.kind = 'cat' GROUP BY p.id"


def rollout(query: str, reference: Any = CATS, **fields: Any) -> Rollout:
    return Rollout("r1", f"```sql\n{query}\n```", fields={**DATABASES, "reference_answer": reference, **fields})


@pytest.mark.parametrize(
    "query",
    [
        pytest.param(CATS, id="the reference itself"),
        pytest.param(CATS.lower().replace("p.name", "P.NAME"), id="other case"),
        pytest.param(f"-- cats\n{CATS} /* all */;;", id="comments and semicolons"),
        pytest.param(f"{CATS} ORDER BY cats DESC", id="an order that nobody asked for"),
        pytest.param(
            "SELECT name, (SELECT COUNT(*) FROM pets WHERE owner = people.id AND kind = 'cat') AS n FROM people "
            "WHERE n > 0",
            id="subquery",
        ),
        pytest.param(
            "WITH c AS (SELECT owner, 1.0 * COUNT(id) AS n FROM pets WHERE kind LIKE 'CAT' GROUP BY 1) "
            "SELECT name, n FROM people, c WHERE owner = id",
            id="common table expression, decimals for whole numbers",
        ),
        pytest.param(
            "WITH RECURSIVE k(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < 3) "
            "SELECT name, COUNT(*) FROM k JOIN people ON people.id = i JOIN pets ON owner = i WHERE kind = 'cat' "
            "GROUP BY i",
            id="recursion that ends",
        ),
    ],
)
def test_another_way_to_the_same_rows_earns_everything(query: str) -> None:
    values = [function(rollout(query)) for function in (sql.result, sql.rows, sql.executes, sql.read_only)]

    assert values == [1.0] * 4


@pytest.mark.parametrize(
    ("query", "rows", "executes"),
    [
        pytest.param(CATS.replace(" WHERE a.kind = 'cat'", ""), 2 / 5, 1.0, id="filter left out"),
        pytest.param(CATS.replace("COUNT(*)", "COUNT(*) + 1"), 0.0, 1.0, id="off by one"),
        pytest.param(CATS + " LIMIT 1", 2 / 3, 1.0, id="one row of two on the first database"),
        pytest.param(f"SELECT * FROM ({CATS} ) UNION ALL {CATS}", 2 / 3, 1.0, id="every row twice"),
        pytest.param("SELECT cats, name FROM (" + CATS + ")", 0.0, 1.0, id="columns in another order"),
        pytest.param("SELECT name FROM people", 0.0, 1.0, id="too few columns"),
        pytest.param("SELECT name, cats FROM people", 0.0, 0.0, id="no such column"),
        pytest.param("SELECT name, FROM people", 0.0, 0.0, id="no SQL"),
        pytest.param("SELECT name, '1' FROM people WHERE city = 'Oslo'", 0.0, 1.0, id="a text for a number"),
    ],
)
def test_wrong_queries_earn_for_the_rows_that_are_right(query: str, rows: float, executes: float) -> None:
    assert sql.result(rollout(query)) == 0.0
    assert sql.rows(rollout(query)) == pytest.approx(rows)
    assert sql.executes(rollout(query)) == executes


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("SELECT 'Ada', 1 UNION SELECT 'Cid', 1", id="no table"),
        pytest.param("WITH t(a, b) AS (VALUES ('Ada', 1), ('Cid', 1)) SELECT * FROM t", id="no table behind a name"),
        pytest.param("SELECT * FROM (VALUES ('Ada', 1), ('Cid', 1)) WHERE (SELECT COUNT(*) FROM pets) > 0", id="table"),
        pytest.param("SELECT name, 1 FROM people WHERE name IN ('Ada', 'Cid')", id="rows picked by name"),
    ],
)
def test_a_result_that_is_written_into_the_query_is_right_on_one_database_only(query: str) -> None:
    assert sql.result(rollout(query)) == 0.0
    assert sql.rows(rollout(query)) == 0.0


def test_with_one_database_only_looking_at_a_table_is_asked_for() -> None:
    one = {"rows_2": None, "reference_answer": "SELECT COUNT(*) FROM people"}

    assert sql.result(rollout("SELECT 3", **one)) == 0.0
    assert sql.executes(rollout("SELECT 3", **one)) == 0.0
    assert sql.result(rollout("SELECT 3 FROM people LIMIT 1", **one)) == 1.0  # so give every record two databases


def test_a_reference_that_reads_no_table_may_be_answered_without_one() -> None:
    assert sql.result(rollout("SELECT 3", reference="SELECT 1 + 2")) == 1.0


@pytest.mark.parametrize(
    ("reference", "query", "value"),
    [
        pytest.param("SELECT name FROM people ORDER BY age", "SELECT name FROM people ORDER BY age", 1.0, id="same"),
        pytest.param(
            "SELECT name FROM people ORDER BY age", "SELECT name FROM people ORDER BY age DESC", 0.0, id="desc"
        ),
        pytest.param(
            "SELECT kind FROM pets ORDER BY kind", "SELECT kind FROM pets ORDER BY kind, id DESC", 1.0, id="ties"
        ),
        pytest.param(
            "SELECT kind, id FROM pets ORDER BY kind",
            "SELECT kind, id FROM pets ORDER BY kind, id DESC",
            1.0,
            id="tied rows",
        ),
        pytest.param(
            "SELECT kind, id FROM pets ORDER BY kind",
            "SELECT kind, id FROM pets ORDER BY kind DESC, id",
            0.0,
            id="groups",
        ),
        pytest.param(
            "SELECT name FROM (SELECT name FROM people ORDER BY age)", "SELECT name FROM people", 1.0, id="inner order"
        ),
        pytest.param(
            "SELECT name, RANK() OVER (ORDER BY age) FROM people",
            "SELECT name, RANK() OVER (ORDER BY age) FROM people ORDER BY name",
            1.0,
            id="order of a window",
        ),
    ],
)
def test_the_order_of_rows_counts_as_far_as_the_reference_sorts(reference: str, query: str, value: float) -> None:
    assert sql.result(rollout(query, reference=reference)) == value


@pytest.mark.parametrize(
    ("query", "tolerance", "value"),
    [
        pytest.param("SELECT AVG(weight) FROM pets WHERE kind = 'cat'", 0.0, 1.0, id="exact"),
        pytest.param("SELECT 1.0 * SUM(weight) / COUNT(*) FROM pets WHERE kind = 'cat'", 0.0, 1.0, id="last digits"),
        pytest.param("SELECT ROUND(AVG(weight), 1) FROM pets WHERE kind = 'cat'", 0.0, 0.0, id="rounded"),
        pytest.param("SELECT ROUND(AVG(weight), 1) FROM pets WHERE kind = 'cat'", 0.06, 1.0, id="rounded, allowed"),
        pytest.param("SELECT MAX(weight) FROM pets WHERE kind = 'cat'", 0.06, 0.0, id="another number"),
    ],
)
def test_numbers_agree_within_the_tolerance(query: str, tolerance: float, value: float) -> None:
    given = rollout(query, reference="SELECT AVG(weight) FROM pets WHERE kind = 'cat'")

    assert sql.result(given, tolerance=tolerance) == value
    assert sql.rows(given, tolerance=tolerance) == value


@pytest.mark.parametrize(
    ("query", "value"),
    [
        pytest.param(CATS.replace("p.name", "p.name AS NAME"), 1.0, id="other case"),
        pytest.param(CATS.replace("AS cats", "AS n"), 0.0, id="other name"),
    ],
)
def test_names_of_columns_count_where_the_project_says_so(query: str, value: float) -> None:
    assert sql.result(rollout(query)) == 1.0
    assert sql.result(rollout(query), column_names=True) == value


@pytest.mark.parametrize(
    ("query", "read_only"),
    [
        pytest.param("DROP TABLE people", 0.0, id="drop"),
        pytest.param("INSERT INTO people VALUES (9, 'Max', 'Oslo', 1)", 0.0, id="insert"),
        pytest.param("UPDATE people SET age = 0", 0.0, id="update"),
        pytest.param("WITH x AS (SELECT 1) DELETE FROM people", 0.0, id="delete behind WITH"),
        pytest.param("WITH x AS (SELECT 1) REPLACE INTO nothing VALUES (1)", 0.0, id="replace into no table"),
        pytest.param(f"{CATS}; DROP TABLE people", 0.0, id="second statement"),
        pytest.param(f"DROP TABLE people; {CATS}", 0.0, id="first statement"),
        pytest.param("ATTACH '/tmp/x' AS x", 0.0, id="attach"),
        pytest.param("PRAGMA table_info(people)", 0.0, id="pragma"),
        pytest.param("SELECT * FROM pragma_table_info('people')", 0.0, id="pragma as a table"),
        pytest.param("SELECT sql FROM sqlite_master", 0.0, id="the schema's table"),
        pytest.param("SELECT * FROM sqlite_stmt", 0.0, id="statements"),
        pytest.param("VACUUM INTO '/tmp/x'", 0.0, id="vacuum into"),
        pytest.param(f"EXPLAIN {CATS}", 0.0, id="explain"),
        pytest.param("SELECT load_extension('x')", 0.0, id="load_extension"),
        pytest.param("SELECT printf('%.*c', 100000000, 'x') FROM people", 0.0, id="printf"),
        pytest.param("SELECT format('%1000000d', 1) FROM people", 0.0, id="format"),
        pytest.param("SELECT zeroblob(1000000000) FROM people", 0.0, id="zeroblob"),
        pytest.param("SELECT hex(randomblob(100000000)) FROM people", 0.0, id="randomblob"),
        pytest.param("SELECT name FROM people ORDER BY random()", 0.0, id="chance"),
        pytest.param("SELECT current_timestamp FROM people", 0.0, id="clock"),
        pytest.param("SELECT date('now') FROM people", 0.0, id="clock as a text"),
        pytest.param("", 0.0, id="nothing"),
        pytest.param("SELECT replace(name, 'a', 'b') FROM people", 1.0, id="a function called replace"),
        pytest.param("SELECT nothing FROM nowhere", 1.0, id="fails and still only reads"),
    ],
)
def test_whatever_does_more_than_read_earns_nothing_and_changes_nothing(query: str, read_only: float) -> None:
    given = rollout(query)

    assert sql.result(given) == 0.0
    assert sql.read_only(given) == read_only
    assert sql.result(rollout(CATS)) == 1.0


BIG = "x" * 9_000


@pytest.mark.parametrize(
    "query",
    [
        pytest.param(
            "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT COUNT(*) FROM r, pets", id="endless"
        ),
        pytest.param(
            "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n FROM r, pets", id="endless rows"
        ),
        pytest.param("SELECT COUNT(*) FROM " + ", ".join(f"pets p{i}" for i in range(20)), id="cross join"),
        pytest.param("SELECT * FROM " + ", ".join(f"pets p{i}" for i in range(8)), id="many rows"),
        pytest.param(
            "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT COUNT(*) FROM r, pets "
            f"WHERE substr('{'a' * 1_500}', n % 3) LIKE '{'%a' * 45}%b'",
            id="pattern of LIKE",
        ),
        pytest.param(
            "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT COUNT(*) FROM r, pets "
            f"WHERE substr('{'a' * 1_500}', n % 3) GLOB '{'*[a-z]' * 15}b'",
            id="pattern of GLOB",
        ),
        pytest.param(f"SELECT name FROM people WHERE name LIKE '{'%a' * 200}'", id="long pattern"),
        pytest.param(f"SELECT '{BIG}' FROM people", id="huge literal"),
        pytest.param(f"SELECT '{BIG * 11}' FROM people", id="literal of 99 kB"),
        pytest.param(f"SELECT {'9' * 9_000} + age FROM people WHERE age > 1e{'9' * 90}", id="huge number"),
        pytest.param("SELECT " + "(" * 4_000 + "age" + ")" * 4_000 + " FROM people", id="brackets"),
        pytest.param("SELECT " + "-" * 300 + "- age FROM people " + "AND age " * 400, id="deep expression"),
        pytest.param(
            "SELECT age FROM people WHERE age IN (" + ", ".join(map(str, range(1_800))) + ") LIMIT 0, 'x'", id="in"
        ),
        pytest.param(
            "WITH c0 AS (SELECT id FROM pets)"
            + "".join(f", c{i} AS (SELECT a.id FROM c{i - 1} a, c{i - 1} b)" for i in range(1, 30))
            + " SELECT COUNT(*) FROM c29",
            id="expressions that double",
        ),
        pytest.param(
            "WITH c0(i) AS (SELECT id FROM pets)"
            + "".join(
                f", [c{i}](i) AS NOT MATERIALIZED (SELECT a.i FROM 'c{i - 1}' a, \"c{i - 1}\" b)" for i in range(1, 30)
            )
            + " SELECT COUNT(*) FROM c29",
            id="expressions that double under quoted names",
        ),
        pytest.param(
            "WITH RECURSIVE r(s) AS (SELECT 'ab' UNION ALL SELECT replace(s, 'a', 'aab') FROM r) "
            "SELECT max(s) FROM r, pets",
            id="text that grows",
        ),
        pytest.param(
            "SELECT group_concat(a.name || b.name) FROM people a, people b, pets c, pets d, pets e", id="long text"
        ),
        pytest.param("SELECT char(0) || name FROM people; SELECT \x00", id="zero byte"),
        pytest.param("SELECT '\ud800' FROM people", id="lone surrogate"),
        pytest.param("SELECT x'ff' || name, CAST(x'ff' AS TEXT) FROM people", id="bytes that are no text"),
        pytest.param("SELECT 'it''s FROM people", id="text that does not end"),
        pytest.param("SELECT name FROM people /* and so on", id="comment that does not end"),
    ],
)
def test_no_query_can_keep_the_grader_busy_or_break_it(query: str) -> None:
    given = rollout(query)

    assert [sql.result(given), sql.rows(given)] == [0.0, 0.0]
    assert sql.executes(given) in (0.0, 1.0)
    assert sql.read_only(given) in (0.0, 1.0)


def test_the_same_query_costs_the_same_steps_every_time() -> None:
    query = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 500) SELECT MAX(n) FROM r, pets"

    assert {sql.executes(rollout(query + " " * n)) for n in range(5)} == {1.0}


def test_a_demanding_reference_gives_responses_as_much_room() -> None:
    slow = "SELECT COUNT(*) FROM pets a, pets b, pets c, pets d, pets e, pets f, pets g WHERE a.id + b.id > c.id"

    assert sql.result(rollout(slow.replace("> c.id", "- c.id > 0"), reference=slow)) == 1.0


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"reference_answer": {"query": CATS}}, id="object"),
        pytest.param({"reference_answer": json.dumps({"query": CATS})}, id="object as text"),
        pytest.param({"reference_answer": {"text": json.dumps({"query": CATS})}}, id="object as wrapped text"),
        pytest.param({"reference_answer": CATS}, id="query"),
        pytest.param({"reference_answer": {"text": CATS}}, id="wrapped query"),
        pytest.param({"rows": json.dumps(ROWS), "rows_2": json.dumps(ROWS_2)}, id="rows as text"),
        pytest.param({"schema": SCHEMA.strip().removesuffix(";").split(";\n")}, id="schema as a list"),
        pytest.param(
            {
                "rows": None,
                "rows_2": None,
                "setups": [
                    "INSERT INTO people VALUES (1, 'Ada', 'Oslo', 30); INSERT INTO pets VALUES (1, 1, 'cat', 4)",
                    "INSERT INTO people VALUES (7, 'Eve', 'Rome', 9); INSERT INTO pets VALUES (1, 7, 'cat', 4)",
                ],
            },
            id="scripts",
        ),
    ],
)
def test_records_are_read_in_every_form(fields: dict[str, Any]) -> None:
    assert sql.result(rollout(CATS, **fields)) == 1.0
    assert sql.result(rollout("SELECT 'Ada', 1 FROM people WHERE id = 1", **fields)) == 0.0


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        pytest.param({"reference_answer": None}, "reference_answer is None", id="no reference"),
        pytest.param({"reference_answer": {"answer": 3}}, "reference_answer is None; expected", id="no query"),
        pytest.param({"reference_answer": "DROP TABLE people"}, "no SELECT", id="reference that writes"),
        pytest.param({"reference_answer": "SELECT no FROM people"}, "no such column: no", id="reference that fails"),
        pytest.param({"reference_answer": "SELECT random()"}, "not authorized", id="reference by chance"),
        pytest.param(
            {"reference_answer": "SELECT kind FROM pets ORDER BY owner LIMIT 1"}, "cuts through a tie", id="tie"
        ),
        pytest.param({"schema": "CREATE TABLE people"}, "rows: OperationalError", id="schema that fails"),
        pytest.param({"schema": 5}, "expected SQL statements", id="schema of another type"),
        pytest.param({"schema": None, "rows": None, "rows_2": None}, "no tables", id="no tables"),
        pytest.param(
            {"rows": {"people": [[1]]}}, "rows: OperationalError: table people has 4 columns", id="row too short"
        ),
        pytest.param({"rows": [1]}, "expected an object of rows by table", id="rows that are no object"),
        pytest.param({"rows_2": {"ghosts": [[1]]}}, "rows_2: OperationalError: no such table", id="unknown table"),
        pytest.param({"schema": "ATTACH '/tmp/x.db' AS x;" + SCHEMA}, "too many attached databases", id="attach"),
    ],
)
def test_a_record_that_cannot_be_used_says_why(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(RecordError, match=message) as error:
        sql.result(rollout(CATS, **fields))

    assert str(error.value).startswith("rollout r1: ")


def test_views_and_quoted_tables_are_tables_like_others() -> None:
    fields = {
        "schema": 'CREATE TABLE "my ""pets" (a); CREATE VIEW big AS SELECT a FROM "my ""pets" WHERE a > 1;',
        "rows": {'my "pets': [[1], [2]]},
        "rows_2": {'my "pets': [[3], [4]]},
        "reference_answer": 'SELECT COUNT(*) FROM "my ""pets" WHERE a > 1',
    }

    assert sql.result(rollout("SELECT COUNT(a) FROM big", **fields)) == 1.0
    assert sql.result(rollout("SELECT 2", **fields)) == 0.0


@pytest.mark.parametrize(
    ("response", "parsed"),
    [
        pytest.param("```sql\nSELECT 1\n```", True, id="query"),
        pytest.param("```sql\nDROP TABLE t\n```", False, id="another statement"),
        pytest.param("I cannot answer that.", False, id="refusal"),
        pytest.param("", False, id="empty"),
    ],
)
def test_only_a_query_is_an_answer(response: str, parsed: bool) -> None:
    assert sql.parsed(Rollout("r1", response)) is parsed
