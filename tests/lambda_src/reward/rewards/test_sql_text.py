"""Which text of a response is its query."""

import pytest

from lambda_src.reward.rewards._sql.text import find, read


@pytest.mark.parametrize(
    ("response", "query"),
    [
        pytest.param("```sql\nSELECT 1\n```", "SELECT 1", id="block"),
        pytest.param("```SQLite\nSELECT 1;\n```\nDone.", "SELECT 1", id="other label, semicolon"),
        pytest.param("```\nSELECT 1\n```", "SELECT 1", id="no label"),
        pytest.param("~~~sql\nSELECT 1\n~~~", "SELECT 1", id="tildes"),
        pytest.param("- so\n  ```sql\n  SELECT 1\n  ```", "SELECT 1", id="indented"),
        pytest.param("```sql\nSELECT 1\n```\nNo:\n```sql\nSELECT 2\n```", "SELECT 2", id="last block"),
        pytest.param("```sql\nSELECT 1\n```\n```text\nid\n1\n```", "SELECT 1", id="a block of something else behind"),
        pytest.param("```python\nx = 1\n```\nselect 2", "select 2", id="only a block of something else"),
        pytest.param("```sql\nSELECT 1\n```\n```sql\n\n```", "", id="empty block last"),
        pytest.param("```sql\nSELECT 1", "SELECT 1", id="block cut off"),
        pytest.param(
            "Select the rows with care:\n\nWITH a AS (SELECT 1) SELECT * FROM a",
            "Select the rows with care:",
            id="prose",
        ),
        pytest.param("The query is SELECT a FROM t; it selects.", "SELECT a FROM t", id="within a sentence"),
        pytest.param("Use `SELECT a FROM t` with care.", "SELECT a FROM t", id="inline code"),
        pytest.param("I would go with another approach.", "", id="no query"),
        pytest.param("DROP TABLE t", "", id="no query without block"),
        pytest.param("```sql\n;;\n```", "", id="nothing but semicolons"),
    ],
)
def test_the_query_of_a_response(response: str, query: str) -> None:
    found = find(response)

    assert found.text.split("\n")[0] == query


@pytest.mark.parametrize(
    ("sql", "refusal"),
    [
        pytest.param("SELECT ';' -- ;\n", "", id="semicolons in a text and in a comment"),
        pytest.param("SELECT 1; -- done", "", id="comment behind"),
        pytest.param("SELECT 1; SELECT 2", "several statements", id="two"),
        pytest.param("SELECT 'a'';' ; DROP TABLE t", "several statements", id="two behind a doubled quote"),
        pytest.param("/* hi */ select 1", "", id="comment before"),
        pytest.param("VALUES (1)", "no SELECT", id="values"),
        pytest.param("WITH a AS (SELECT 1) INSERT INTO t SELECT 1", "INSERT writes", id="insert behind WITH"),
        pytest.param('SELECT "insert", [update] FROM t', "", id="quoted names"),
        pytest.param("SELECT " + "1," * 6_000, "more than 10,000 characters", id="too long"),
    ],
)
def test_what_is_refused_before_any_database_sees_it(sql: str, refusal: str) -> None:
    assert read(sql).refusal == refusal


@pytest.mark.parametrize(
    ("sql", "is_ordered"),
    [
        pytest.param("SELECT a FROM t ORDER BY a", True, id="outermost"),
        pytest.param("SELECT a FROM t order /* so */ by a", True, id="with a comment"),
        pytest.param("WITH x AS (SELECT a FROM t ORDER BY a) SELECT * FROM x", False, id="within WITH"),
        pytest.param("SELECT SUM(a) OVER (ORDER BY a) FROM t", False, id="window"),
        pytest.param("SELECT 'ORDER BY' FROM t", False, id="text"),
        pytest.param("SELECT a FROM t UNION SELECT b FROM u ORDER BY 1", True, id="union"),
    ],
)
def test_only_the_outermost_order_is_one_of_the_result(sql: str, is_ordered: bool) -> None:
    assert read(sql).is_ordered is is_ordered


@pytest.mark.parametrize(
    "part", ["```sql\n", "SELECT ", "select\n", "[", "'", '"', "/*", "--", "(", "with a as (", "`", " ", "\n"]
)
def test_a_hundred_thousand_characters_are_read_all_the_same(part: str) -> None:
    text = (part * 100_000)[:100_000]

    assert find(text) == find(text)
    assert read(f"SELECT {text}"[:9_000]).text.startswith("SELECT")
