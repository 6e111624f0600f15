"""What the communities are about, and what their members have, claim and do."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

THEMES: Final[Sequence[Mapping[str, Any]]] = (
    {
        "theme": "a gardening forum",
        "thing": ("a lawn mower", "three tomato plants", "a rain barrel", "a hedge trimmer"),
        "claim": (
            "roses are cut in March",
            "coffee grounds keep slugs away",
            "tomatoes need a roof",
            "moss loves lime",
        ),
        "work": ("pruning the hedge", "digging the pond", "turning the compost"),
        "place": ("the allotment", "the park"),
    },
    {
        "theme": "a cycling forum",
        "thing": ("a road bike", "a pair of panniers", "a bicycle pump", "a child seat"),
        "claim": (
            "chains last longer with wax",
            "wide tyres are faster",
            "helmets are too warm",
            "rim brakes are enough",
        ),
        "work": ("changing the chain", "truing the wheel", "planning the spring tour"),
        "place": ("the bridge", "the track"),
    },
    {
        "theme": "a chess site",
        "thing": ("a wooden chess set", "a chess clock", "a box of chess books", "a roll-up board"),
        "claim": ("the French is boring", "bishops are worth more than knights", "blitz ruins your play"),
        "work": ("studying endgames", "preparing for the league", "annotating my games"),
        "place": ("the club", "the café"),
    },
    {
        "theme": "a cooking community",
        "thing": ("a bread machine", "a cast-iron pan", "a pasta maker", "a set of knives"),
        "claim": ("stock must not boil", "garlic belongs in everything", "sourdough needs no yeast", "salt comes last"),
        "work": ("feeding my sourdough", "cooking for twelve", "cleaning the oven"),
        "place": ("the market", "the canteen"),
    },
    {
        "theme": "a photography community",
        "thing": ("a used tripod", "an old film camera", "a flash", "a camera bag"),
        "claim": ("sharpness is overrated", "black and white is easier", "zoom lenses make lazy", "film is dead"),
        "work": ("sorting ten years of photos", "learning to develop film", "shooting the fog"),
        "place": ("the lighthouse", "the gallery"),
    },
    {
        "theme": "a home repair forum",
        "thing": ("a cordless drill", "a tile cutter", "a step ladder", "a roll of cable"),
        "claim": ("cheap paint is fine", "plaster needs a week to dry", "every wall needs primer", "screws beat nails"),
        "work": ("tiling the bathroom", "sealing the windows", "sanding the stairs"),
        "place": ("the yard", "the workshop"),
    },
    {
        "theme": "a board game club's forum",
        "thing": ("a game with all its pieces", "a dice tower", "a shelf for games"),
        "claim": ("long games are better", "dice ruin strategy", "house rules are cheating", "two players are too few"),
        "work": ("painting the figures", "learning the rules", "sorting the cards"),
        "place": ("the back room", "the library"),
    },
    {
        "theme": "a language exchange",
        "thing": ("a dictionary", "a box of flash cards", "a grammar book", "a headset"),
        "claim": ("grammar is a waste of time", "accents do not matter", "subtitles make lazy", "verbs come first"),
        "work": ("preparing for the exam", "reading my first novel", "learning the cases"),
        "place": ("the language café", "the school"),
    },
    {
        "theme": "a running club's board",
        "thing": ("a sports watch", "a pair of spikes", "a treadmill", "a head torch"),
        "claim": (
            "stretching is useless",
            "slow runs make you fast",
            "shoes are all the same",
            "rest days are for others",
        ),
        "work": ("training for the half marathon", "coming back after a cold", "running before work"),
        "place": ("the stadium", "the river path"),
    },
    {
        "theme": "a model railway forum",
        "thing": ("a steam engine", "six metres of track", "a transformer", "two wagons"),
        "claim": ("digital is not worth it", "plastic bridges look cheap", "steam is best", "gauge N is too small"),
        "work": ("building the tunnel", "wiring the points", "painting the station"),
        "place": ("the exhibition", "the shed"),
    },
)
