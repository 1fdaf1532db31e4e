"""The words scripts use, in the reader's language. The keys are the names by which the scripts ask for them."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def words_for_scripts() -> dict[str, str]:
    return {
        "saved": _("All saved"),
        "saving": _("Saving…"),
        "kept": _("Kept on this device ({n} waiting)"),
        "signedOut": _("Sign in again."),
        "signedOutRest": _("Your work is kept on this device."),
        "noDevice": _("This browser cannot keep work offline. Stay connected."),
        "twoWindows": _("Changed in another window. Both versions are kept."),
        "look": _("Look at both"),
        "stuck": _("One judgment needs another look."),
        "savedNext": _("Saved. {title}"),
        "choiceSpoken": _("{question}: {answer}"),
        "settledQuestion": _("How settled"),
        "cleared": _("Cleared"),
        "takenBack": _("Taken back"),
        "nothingToTakeBack": _("There is nothing to take back here."),
        "twoDigits": _("{way}. Two digits."),
        "notThisWhy": _("Not this. Why? 1 to 4."),
        "rangeSpoken": _("{low} to {high}"),
        "bothSpoken": _("{low} and {high}"),
        "needsBothEnds": _("A range needs both ends. Choose the other one too."),
        "needsBothPlaces": _("Both ways needs two places. Choose the other one too."),
        "needsReason": _("Choose one of the four reasons."),
        "needsLook": _("Nothing is lost. One thing before this is saved."),
        "sentence": _("Sentence {n} of {all}: {words}"),
        "markMode": _("Marking. Arrows move by sentence, Enter marks, Escape leaves."),
        "markLeft": _("Marking left."),
        "marked": _("Marked. It is listed under the text."),
        "markRemoved": _("Mark removed"),
        "chooseFirst": _("Choose a passage in one of the texts first."),
        "choosePlain": _("This passage cannot be told apart here. Choose a few words of one paragraph."),
        "goTo": _("Go to it"),
        "edit": _("Edit"),
        "remove": _("Remove"),
        "keyTaken": _("“{key}” is taken already: {words}."),
        "keyReserved": _("Digits, spaces and ? are in use: choose another key."),
        "keyKept": _("Kept"),
        "questionsAway": _("Your first reading is kept. The questions come as soon as there is a connection."),
        "takenAlong": _("{n} items are on this device until tomorrow at this time."),
        "takingAlong": _("Taking them along…"),
        "notTakenAlong": _("This needs a connection."),
        "noNext": _("That was the last item on this device. What you wrote is kept and will be sent."),
        "outlineOf": _("Part {n}: {words}"),
    }


def left_open(number: int) -> str:
    if number == 0:
        return ""
    return ngettext(
        "One question left open. That is fine.", "%(number)d questions left open. That is fine.", number
    ) % {"number": number}
