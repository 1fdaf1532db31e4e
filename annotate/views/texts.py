"""The texts of an item as one person sees them: the turns, and the responses in the order drawn."""

from dataclasses import dataclass

from judgments.models import Assignment, Judgment

SPEAKERS = {"person": "Person", "user": "Person", "model": "Model", "assistant": "Model", "system": "Setting"}


def latest_of(assignment: Assignment) -> Judgment | None:
    """What this person says of the item as of now."""
    return assignment.judgments.order_by("-revision").first()


@dataclass(frozen=True)
class Text:
    """A text to be read and marked. `name` is its own on the page; `field` and `place` are where its marks lie."""

    id: str
    name: str
    speaker: str
    language: str
    field: str
    place: str
    text: str | None


def turns_of(assignment: Assignment) -> list[Text]:
    scenario = assignment.item.scenario
    return [
        Text(
            f"turn-{number}", f"{_speaker(message)}, {number + 1}", _speaker(message),
            message.get("lang") or scenario.language, "turn", str(number), message["content"],
        )
        for number, message in enumerate(scenario.messages)
    ]  # fmt: skip


def _speaker(message: dict) -> str:
    return SPEAKERS.get(message.get("role", ""), "Person")


def responses_of(assignment: Assignment) -> list[Text]:
    """The responses in the order drawn for this person, lettered as they stand; one alone is the model's turn."""
    rank = {uid: place for place, uid in enumerate(assignment.response_order)}
    shown = assignment.item.shown.select_related("response").defer("response__details")
    found = sorted((row.response for row in shown), key=lambda response: rank.get(str(response.uid), len(rank)))
    names = ["Model"] if len(found) == 1 else [f"Response {chr(ord('A') + number)}" for number in range(len(found))]
    return [
        Text(
            f"response-{number}", name, name, response.language or assignment.item.scenario.language,
            "response", str(response.uid), response.text,
        )
        for number, (name, response) in enumerate(zip(names, found, strict=True))
    ]  # fmt: skip
