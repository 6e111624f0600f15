"""The English around answers: what introduces, concludes, doubts, denies or takes back one, and what is only polite."""

import re
from typing import Final

IS: Final = re.compile(
    r"[\"'*_`}]{0,3}(?:\s\([^()\n]{1,40}\)|\s(?:to|for|in) [^.:=|\n]{1,60}?|,\s\w{1,12},?)?[\"'*_`]{0,3}"
    r"(?:\s{1,3}(?:is|was|would be|should be|must be|has to be|equals|amounts to|turns out to be"
    r"|comes (?:out )?to|works out (?:to|as))\b|\s{0,3}[:=|→]|\s{1,3}[-–—](?=\s))"  # noqa: RUF001 - dashes of prose
    r"(?:\s{1,3}(?:therefore|thus|simply|just|indeed|clearly|then|now|equal to)\b)?[\s:*_|\"'`]{0,8}",
    re.IGNORECASE,
)
"""What stands between the word "answer" and the answer."""
BELOW: Final = re.compile(r"[*_]{0,3}[ \t]{0,3}\n\s{0,8}")
"""Or, in a heading, above it."""
NOT_MINE: Final = re.compile(
    r"\b(?:says?|said|claims?|claimed|people|students?|others)\b"
    r"|\b(?:wrong|incorrect|mistaken|first|initial|old|previous|earlier|common|typical|tempting|possible|expected|naive"
    r"|no|not)\s+(?:(?:the|an?|final|correct)\s+){0,2}$"
    r"|\b(?:if|whether|suppose|assume|imagine|unless)\s+(?:that\s+)?(?:(?:the|my|your|our|this|final|correct)\s+){0,3}$",
    re.IGNORECASE,
)
"""Before the word "answer": it is another's, or supposed."""
BUT: Final = re.compile(r"(?:\w+\s+)?not\s+\S+?,?\s+(?:but|rather|it is|it's)\s+", re.IGNORECASE)
_NO_END: Final = "".join(rf"(?<!\b{word}\.)" for word in ("Mr", "Mrs", "Ms", "Dr", "St", "Rs", "No", "vs", "approx"))
SENTENCE_END: Final = re.compile(rf"[.!?]{_NO_END}(?:[\s*_\"')]|$)")
DOUBT: Final = re.compile(
    r"n't\b|\b(?:not|cannot|never|none|no|nor|neither|wrong|incorrect|mistaken|unless|if|whether|maybe"
    r"|perhaps|might|may|could|possibly|probably|or|either|between|least|most|than|over|under|almost|nearly|up to"
    r"|guess|suppose|assume|first|then|next|before|without|still|have to|start(?:s|ed|ing)?|begin(?:s|ning)?"
    r"|initially|originally|given|known?|said|says?|told|step|part|problem|question|exercise|chapter|page|figure|table"
    r"|version|option|choice|reference|expected|key|note|hint|example|score|reward|confidence|only|but|however|though"
    r"|although|yet|unknown|undetermined|so far|already|see|let|find|calculate|compute|solve|subtract|multiply|divide"
    r"|what|how|when|anything|except|instead|is why|was|were|had)\b",
    re.IGNORECASE,
)
"""A sentence with one of these does not state the answer, or not beyond doubt."""
DENIAL: Final = re.compile(
    r"n't\b|\b(?:not|cannot|never|wrong|incorrect|mistaken|maybe|perhaps|might|could|guess|suppose|assume)\b",
    re.IGNORECASE,
)
"""Before the result of a calculation, only these put it in doubt."""
OPEN: Final = frozenset("?<>|\\≤≥≠")
"""Nor does one with one of these."""
CONCLUSION: Final = re.compile(
    r"[\s*_#>(\-✅🎉]*(?:so|therefore|thus|hence|consequently|finally|altogether|overall|in (?:total|all|conclusion)"
    r"|accordingly|as a result|∴|(?:that|this|it)(?:'s| is| means| gives| makes| leaves| equals| comes to)"
    r"|we (?:get|find|obtain)|(?:the|our|her|his|their|my) (?:final |total |overall )?"
    r"(?:result|total|sum|solution|cost|amount|number))\b"
    r"|.*\b(?:in total|altogether|in all)\b",
    re.IGNORECASE,
)
CHATTER: Final = re.compile(
    r"\b(?:let me know|hope (?:this|that|it)|feel free|(?:if|do|would) you (?:need|have|want|like|would)|thanks?"
    r"|great question|does (?:that|this)|happy to|glad to|have a (?:nice|good|great)|good luck"
    r"|(?:other|any|further|more) questions|in (?:more )?detail|(?:double[- ])?checked|verified)\b|^\W*$",
    re.IGNORECASE,
)
RETRACTED: Final = re.compile(
    r"\bscratch that\b|(?<!if )\b(?:that|this|it)(?:'s|\s+is|\s+was|\s+seems|\s+looks)\s+(?:\w+\s+)?(?:wrong|incorrect"
    r"|not right|false|mistaken|a mistake)\b|\bi (?:take (?:that|it) back|(?:have|have got) no idea|give up)\b",
    re.IGNORECASE,
)
DENIED: Final = re.compile(r"[\s$).]*(?:is|was)(?:n't|\s+not|\s+(?:wrong|incorrect|false|mistaken))\b", re.IGNORECASE)
TOKEN: Final = re.compile(
    r"(?:```|\$\$|\\\]|\\end\{[a-z]{1,9}\*?\}|</?[a-z]{1,9}>|<\|[a-z_]{1,20}\|>)\Z", re.IGNORECASE
)
"""What ends a block or the response."""
LONGEST_TOKEN: Final = 24  # characters
LEADING: Final = re.compile(r"[>\s]*#*\s*(?:[-*•]\s+(?=[*_]{0,2}[A-Za-z]))?")
NUMBERED: Final = re.compile(r"[\s*_]*(?:[-•]\s+)?[0-9]{1,3}[*_]*[.):]\s+[*_]*[A-Za-z]|[-•]\s")
BETWEEN: Final = re.compile(rf"(?<=[.!?]){_NO_END}[*_]{{0,3}}\s+|\n+")
BOLD: Final = re.compile(r"\*\*([^*\n]{1,80})\*\*")
HAS_NUMBER: Final = re.compile(
    r"[0-9]|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|\w+ty|hundred|thousand)\b",
    re.IGNORECASE,
)
VERB: Final = re.compile(
    r"\b(?:is|are|has|have|gets?|makes?|earns?|needs?|costs?|pays?|takes?|leaves?|left|remains?|will be|ends? up with"
    r"|keeps?|saves?|spends?|sells?|buys?|receives?|collects?|owns?|uses?|reads?|eats?|walks?|runs?)\b",
    re.IGNORECASE,
)
"""A sentence with one of these can state a result."""
IGNORANCE: Final = re.compile(
    r"\b(?:not know|not sure|unsure|no idea|can(?:no|')t|unable|impossible|unclear|missing|depends|sorry|stuck"
    r"|give up)\b",
    re.IGNORECASE,
)
TAG: Final = re.compile(r"<[/|a-zA-Z]")
"""Where a closing tag or a token begins that ends the response."""
