import re
from typing import Any

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambda_src.run.sources.metadata_filters import MOST_CONDITIONS, FilterError, Filters

API = boto3.client("bedrock", region_name="us-east-1").meta.service_model
LONGEST = "k" * 256

_good = st.sampled_from(["team", "a.b_c:/=+$@-d e", LONGEST])
_any = _good | st.sampled_from(["", LONGEST + "k", "tea(m)", "caf\u00e9", 5])
_pair = st.dictionaries(_good, _good | st.just(""), min_size=1, max_size=1)
_any_pair = _pair | _pair | st.dictionaries(_any, _any, max_size=2) | st.just("team=support")
_base = st.dictionaries(st.sampled_from(["equals", "notEquals"]), _pair, min_size=1, max_size=2)
_any_base = _base | _base | st.dictionaries(st.sampled_from(["equals", "equal", "andAll"]), _any_pair, max_size=2)
_list = st.lists(_base, min_size=1, max_size=17) | st.lists(_any_base, max_size=3) | _any_pair
_filters = _any_base | st.dictionaries(st.sampled_from(["andAll", "orAll"]), _list, max_size=2)


def api_takes(shape: Any, value: Any) -> bool:
    """Whether a value is of a shape of the API, bounds and patterns included, which botocore checks in part only."""
    least, most = shape.metadata.get("min", 0), shape.metadata.get("max", float("inf"))
    match shape.type_name:
        case "structure":
            fits = isinstance(value, dict) and value.keys() <= shape.members.keys()
            is_union = shape.metadata.get("union", False)
            return (
                fits
                and (not is_union or len(value) == 1)
                and all(api_takes(shape.members[key], one) for key, one in value.items())
            )
        case "map":
            fits = isinstance(value, dict) and least <= len(value) <= most
            return fits and all(api_takes(shape.key, k) and api_takes(shape.value, v) for k, v in value.items())
        case "list":
            return (
                isinstance(value, list)
                and least <= len(value) <= most
                and all(api_takes(shape.member, v) for v in value)
            )
        case "string":
            fits = isinstance(value, str) and least <= len(value) <= most
            return fits and re.fullmatch(shape.metadata.get("pattern", ".*"), value) is not None
    raise AssertionError(shape.type_name)


def says_nothing(value: Any) -> bool:
    """Whether one of the conditions is empty, which the API's model allows and its page does not explain."""
    return isinstance(value, dict) and any(isinstance(one, list) and {} in one for one in value.values())


@given(_filters)
def test_exactly_what_the_api_takes_is_taken(value: Any) -> None:
    try:
        read = Filters.of_json(value)
    except FilterError:
        assert says_nothing(value) or not api_takes(API.shape_for("RequestMetadataFilters"), value)
    else:
        assert api_takes(API.shape_for("RequestMetadataFilters"), value)
        assert Filters.of_json(read.to_json()) == read


@pytest.mark.parametrize(
    "value",
    [
        pytest.param({"equals": {"team": "support"}}, id="equals"),
        pytest.param({"notEquals": {"team": ""}}, id="not equals"),
        pytest.param({"andAll": [{"equals": {"a": "1"}}, {"notEquals": {"b": "2"}}]}, id="all"),
        pytest.param({"orAll": [{"equals": {"a": "1"}, "notEquals": {"b": "2"}}]}, id="any, of which one is a pair"),
        pytest.param({"orAll": [{"equals": {"a": str(n)}} for n in range(MOST_CONDITIONS)]}, id="sixteen"),
    ],
)
def test_what_is_read_is_written_as_it_was(value: dict[str, Any]) -> None:
    assert Filters.of_json(value).to_json() == value
    assert api_takes(API.shape_for("RequestMetadataFilters"), value)


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        pytest.param([], "filters: []; expected an object with one of equals, notEquals, andAll, orAll", id="a list"),
        pytest.param({"equals": {}}, "filters.equals: {}; expected an object with one key", id="no pair"),
        pytest.param(
            {"equals": {"a": "1"}, "notEquals": {"b": "2"}},
            "expected an object with one of equals",
            id="two of a union",
        ),
        pytest.param({"andAll": []}, "filters.andAll: []; expected a list of 1 to 16 conditions", id="none"),
        pytest.param({"orAll": [{"equals": {"a": "1"}}] * 17}, "expected a list of 1 to 16 conditions", id="seventeen"),
        pytest.param(
            {"andAll": [{"equals": {"a": "1"}}, {"like": {"a": "1"}}]},
            "filters.andAll[1]: {'like': {'a': '1'}}; expected an object with equals, notEquals or both",
            id="unknown operator",
        ),
        pytest.param({"andAll": [{}]}, "filters.andAll[0]: {}; expected an object with equals", id="empty condition"),
        pytest.param(
            {"orAll": [{"equals": {"a": "x" * 257}}]}, "filters.orAll[0].equals: the value is 'xxx", id="long value"
        ),
        pytest.param({"equals": {"a#b": "1"}}, "filters.equals: the key is 'a#b'; expected a text", id="character"),
        pytest.param({"equals": {"a": 1}}, "filters.equals: the value is 1; expected a text", id="number"),
        pytest.param({"equals": {"a": None}}, "filters.equals: the value is None", id="null"),
    ],
)
def test_another_structure_is_refused_by_its_place(value: Any, complaint: str) -> None:
    with pytest.raises(FilterError) as raised:
        Filters.of_json(value)

    assert complaint in str(raised.value)


@pytest.mark.parametrize(
    ("where", "is_any", "expected"),
    [
        pytest.param(["team=support"], False, {"equals": {"team": "support"}}, id="one"),
        pytest.param(["team=support"], True, {"equals": {"team": "support"}}, id="any of one"),
        pytest.param(["team!=support"], False, {"notEquals": {"team": "support"}}, id="not"),
        pytest.param(["url=a=b"], False, {"equals": {"url": "a=b"}}, id="sign in the value"),
        pytest.param(["team="], False, {"equals": {"team": ""}}, id="empty value"),
        pytest.param(
            ["a=1", "b!=2"], False, {"andAll": [{"equals": {"a": "1"}}, {"notEquals": {"b": "2"}}]}, id="both"
        ),
        pytest.param(["a=1", "a=2"], True, {"orAll": [{"equals": {"a": "1"}}, {"equals": {"a": "2"}}]}, id="either"),
    ],
)
def test_the_short_spelling_is_the_api_s_structure(where: list[str], is_any: bool, expected: dict[str, Any]) -> None:
    assert Filters.where(where, is_any=is_any).to_json() == expected


@pytest.mark.parametrize(
    ("where", "complaint"),
    [
        pytest.param(["team"], "where 'team': expected key=value or key!=value", id="no sign"),
        pytest.param(["=support"], "the key is ''", id="no key"),
        pytest.param(["team!support"], "expected key=value or key!=value", id="half a sign"),
        pytest.param([f"a={n}" for n in range(17)], "expected a list of 1 to 16 conditions", id="too many"),
    ],
)
def test_another_spelling_is_refused(where: list[str], complaint: str) -> None:
    with pytest.raises(FilterError, match=re.escape(complaint)):
        Filters.where(where)


ALL = {"andAll": [{"equals": {"team": "support"}}, {"notEquals": {"stage": "test"}}]}
ANY = {"orAll": ALL["andAll"]}
BOTH = {"andAll": [{"equals": {"team": "support"}, "notEquals": {"stage": "test"}}]}


@pytest.mark.parametrize(
    ("filters", "metadata", "is_meant"),
    [
        pytest.param(ALL, {"team": "support", "stage": "prod"}, True, id="all hold"),
        pytest.param(ALL, {"team": "support"}, True, id="a missing key is not equal"),
        pytest.param(ALL, {"team": "support", "stage": "test"}, False, id="one does not hold"),
        pytest.param(ALL, {}, False, id="no metadata"),
        pytest.param(BOTH, {"team": "support", "stage": "test"}, False, id="both of a pair must hold"),
        pytest.param(BOTH, {"team": "support", "stage": "prod"}, True, id="both of a pair hold"),
        pytest.param(ANY, {"team": "sales", "stage": "prod"}, True, id="any holds"),
        pytest.param(ANY, {"team": "sales", "stage": "test"}, False, id="none holds"),
        pytest.param({"equals": {"n": "1"}}, {"n": 1}, False, id="a number is no text"),
    ],
)
def test_calls_are_meant_by_their_metadata(filters: Any, metadata: dict[str, Any], is_meant: bool) -> None:
    assert Filters.of_json(filters).match(metadata) is is_meant
