"""Where an answer is looked for: what counts as stated, and what as merely mentioned."""

import pytest

from lambda_src.reward.rewards._maths import answers as _answers
from lambda_src.reward.rewards._maths.answers import Reading, answers

WORK = "16 - 3 - 4 = 9 eggs are left. 9 * 2 = 18."


@pytest.mark.parametrize(
    "response",
    [
        pytest.param("<answer>She makes $18 a day.</answer>", id="sentence in a tag"),
        pytest.param(r"\boxed{\text{She earns } 18 \text{ dollars}}", id="sentence in a box"),
        pytest.param(r"\fbox{18}", id="frame"),
        pytest.param(r"\boxed {18}", id="space before the brace"),
        pytest.param("#### 18</s>", id="token behind"),
        pytest.param("<answer>\\boxed{18}</answer>", id="box in a tag"),
        pytest.param('{"answer": 18}', id="JSON"),
        pytest.param("| eggs | 9 |\n| **Answer** | **18** |", id="row of a table"),
        pytest.param("ANSWER: 18", id="capitals"),
        pytest.param("Ans: 18", id="short"),
        pytest.param("Final Answer → 18", id="arrow"),
        pytest.param("The answer comes to 18.", id="verb"),
        pytest.param("The answer is not 17 but 18.", id="not this but that"),
        pytest.param("My first answer was 20, but the correct answer is 18.", id="first answer"),
        pytest.param("Total: **18 dollars**", id="label on the last line"),
        pytest.param("> 18", id="quoted line"),
        pytest.param("**18**\n\nI hope this helps!", id="chatter behind a line"),
        pytest.param("Output:\n```\n18\n```", id="fenced line"),
        pytest.param(f"{WORK}\n\nTherefore she makes **$18** every day.", id="concluding sentence"),
        pytest.param(f"{WORK} She makes 18 dollars.", id="sentence with the last result"),
        pytest.param(f"{WORK} So she makes $18. Let me know if you have questions!", id="chatter behind a sentence"),
        pytest.param("To find the income, multiply: 9 * 2 = 18 dollars a day", id="equation at the end"),
        pytest.param("Tom has 18 apples left.", id="one sentence"),
        pytest.param("#### She ends up with 18 eggs.\n\nThank you!", id="sentence behind a marker"),
        pytest.param(r"\boxed{eighteen\;\text{eggs}}", id="space in LaTeX"),
        pytest.param("Final answer: she has 18 eggs left.\n\nHope this helps!", id="sentence behind a label"),
        pytest.param("She sells 7 of them. 18 eggs are left.", id="last sentence"),
        pytest.param("#### Total: $18\n\nCheck: 18 + 7 = 25.", id="labelled heading before a check"),
        pytest.param("The answer to this question is 18.", id="answer to something"),
        pytest.param("Answer (in dollars): 18", id="answer in brackets"),
        pytest.param("The answer, therefore, is 18.", id="answer with an adverb"),
        pytest.param(r"\textbf{Answer:} 18", id="LaTeX label"),
        pytest.param("#### Final Answer\n\n18\n\nMr. Lee has 3 more at home.", id="line below a heading"),
        pytest.param(f"{WORK}\nTherefore, Mr. Lee earns $18.", id="abbreviation in a sentence"),
        pytest.param("So she needs 18 eggs.\n\nWould you like me to explain step 2 in detail?", id="question behind"),
        pytest.param("In total, she gets 18 eggs.\n\n<|im_end|>", id="token behind a sentence"),
        pytest.param("#### 17\nI made a mistake. The answer is 18.", id="corrected in prose"),
        pytest.param("#### 18\n\nLet me know if this is wrong!", id="politeness"),
        pytest.param("#### 1. Add\n#### 2. Multiply\n\n#### 18. I hope this helps", id="sentence behind a number"),
    ],
)
def test_an_answer_is_found(response: str) -> None:
    assert answers(response)[-1] == (18,)


@pytest.mark.parametrize(
    "response",
    [
        pytest.param("####\n\nSee above: 18 things", id="next line is no answer"),
        pytest.param("#### \n18 is what she had in the beginning", id="next line goes on"),
        pytest.param("#### Step 18", id="number of a step"),
        pytest.param("The wrong answer is 18.", id="wrong answer"),
        pytest.param("Many students say the answer is 18.", id="another's answer"),
        pytest.param("If the answer is 18, each of them gets 9.", id="supposed"),
        pytest.param("Is the answer 18?", id="question"),
        pytest.param("The answer is 18. No, wait, that is wrong.", id="retracted"),
        pytest.param(r"\boxed{18} is incorrect.", id="denied"),
        pytest.param("#### 18\nScratch that.", id="taken back"),
        pytest.param(r"\boxed{18!}", id="factorial"),
        pytest.param(r"\boxed{a_{18}}", id="index"),
        pytest.param(r"So it is \boxed{18", id="box left open"),
        pytest.param("<answer></answer>18 eggs were laid", id="empty tag"),
        pytest.param("See problem 18 in the book.", id="reference"),
        pytest.param("Let me start with the 18 eggs.", id="start"),
        pytest.param("Therefore, she first collects 18 eggs, and then", id="cut off"),
        pytest.param("On the 18th of May.", id="rank"),
        pytest.param("| a | b |\n| 17 | 18 |", id="table"),
        pytest.param("- 17 eggs on Monday\n- 18 eggs on Tuesday", id="list"),
        pytest.param("I have no idea; it may be 18.", id="doubt"),
        pytest.param("So the total can't be 18.", id="negation"),
    ],
)
def test_a_mention_is_no_answer(response: str) -> None:
    assert (18,) not in answers(response)


def test_a_sign_in_a_sentence_belongs_to_its_number() -> None:
    assert answers("Therefore, she has -18 dollars.") == ((-18,),)


def test_markers_count_in_their_order_whatever_their_kind() -> None:
    assert answers(r"\boxed{1} #### 2" "\n<answer>3</answer>\n#### 4 \\boxed{5}") == ((1,), (2,), (3,), (4,), (5,))


def test_a_project_s_own_marker_counts_beside_the_others() -> None:
    assert answers("#### 17\nResult>> 18 eggs", Reading(marker="Result>>")) == ((17,), (18,))


@pytest.mark.parametrize("marker", ["####", "\\boxed", "\\boxed{", "<answer>", "#"])
def test_a_project_s_own_marker_may_be_one_of_the_others(marker: str) -> None:
    assert (18,) in answers("#### 17\n\\boxed{18}\n<answer>18</answer>", Reading(marker=marker))


def test_no_marker_crowds_out_another() -> None:
    assert answers("#### 17\n" * 500 + "\\boxed{18}")[-1] == (18,)


@pytest.mark.parametrize("response", ["The answer is 18.", "**18**", "Tom has 18 apples left."])
def test_prose_can_be_left_unread(response: str) -> None:
    assert answers(response) == ((18,),)
    assert answers(response, Reading(prose=False)) == ()


def test_of_many_answers_the_last_are_read() -> None:
    response = "".join(f"#### {n}\n" for n in range(1000))

    assert answers(response) == tuple((n,) for n in range(1000 - 64, 1000))


def test_a_box_is_given_word_for_word() -> None:
    assert _answers.boxed("#### x + 1\n\\boxed{\\frac{1}{2}} \\boxed{", None) == ["x + 1", r"\frac{1}{2}"]
