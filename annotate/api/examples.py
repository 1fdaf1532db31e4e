"""Bodies shown in the description of the API."""

ANSWERS = {
    "ratings": {
        "candour": {"form": "point", "point": 4},
        "care": {"form": "range", "low": 3, "high": 5},
        "proportion": {"form": "both", "both_a": 2, "both_b": 6, "text": "As a nurse, as a son."},
        "wisdom": {"form": "none", "reason": "depends", "text": "On who asked."},
    },
    "settled": 3,
    "rationale": "It answers the question and leaves the person alone with it.",
    "marks": [
        {
            "response": "5f0c3d56-0f7b-4c3a-9d52-3f2f9b1c8e10",
            "start": 0,
            "end": 12,
            "tag": "turns-here",
            "memo": "Here it stops listening.",
        }
    ],
}
JUDGMENT = ANSWERS | {"steps_ms": {"reading": 18_200, "judging": 41_000}}
